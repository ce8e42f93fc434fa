import Testing

/// What a condition did not come true within.
struct PollTimedOut: Error {}

/// Waits until a condition holds. Throws when it does not within half a minute.
func poll(_ condition: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now.advanced(by: .seconds(30))
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw PollTimedOut() }
    try await Task.sleep(for: .milliseconds(5))
  }
}
