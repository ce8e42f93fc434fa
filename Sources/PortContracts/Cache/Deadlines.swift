/// The result of `body`, or a violation when it takes longer than `limit`.
package func within<Result: Sendable>(
  _ what: String, limit: Duration = .seconds(60), _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  let (outcomes, continuation) = AsyncThrowingStream.makeStream(of: Result.self)
  let work = Task {
    do { continuation.yield(try await body()) } catch { continuation.finish(throwing: error) }
  }
  let timer = Task {
    try await Task.sleep(for: limit)
    continuation.finish(throwing: ContractViolation(description: "\(what): not within \(limit)"))
  }
  defer {
    work.cancel()
    timer.cancel()
  }
  for try await outcome in outcomes { return outcome }
  throw CancellationError()
}

/// Polls until `condition` holds; a violation when it does not within `limit`.
package func eventually(
  _ what: String, limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
  let clock = ContinuousClock()
  let end = clock.now.advanced(by: limit)
  while try await !condition() {
    try require(clock.now < end, "\(what): not within \(limit)")
    try await Task.sleep(for: .milliseconds(1))
  }
}
