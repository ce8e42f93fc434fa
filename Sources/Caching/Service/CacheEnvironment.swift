public import Kernel

/// What the cache takes from the machine: clocks, chance, tasks of its own and waiting. Handed in, so that a test can own
/// the time, and a simulation everything.
public struct CacheEnvironment: Sendable {
  /// Counts time to live and limits.
  public var ticker: any Ticker
  /// Dates what is written for other instances.
  public var wallClock: any WallClock
  /// 64 bits that look random.
  public var random: @Sendable () -> UInt64
  /// Starts work that nobody waits for.
  public var start: @Sendable (@escaping @Sendable () async -> Void) -> Task<Void, Never>
  /// Suspends for a while; throws `CancellationError`.
  public var sleep: @Sendable (Duration) async throws -> Void

  /// The machine's own, but for the clocks.
  public init(ticker: any Ticker = SystemClock(), wallClock: any WallClock = SystemClock()) {
    self.ticker = ticker
    self.wallClock = wallClock
    random = { UInt64.random(in: .min ... .max) }
    start = { work in Task { await work() } }
    sleep = { try await Task.sleep(for: $0) }
  }
}

extension CacheEnvironment {
  /// A random number in 0 ..< 1.
  func fraction() -> Double { Double(random() >> 11) * 0x1p-53 }

  /// Runs one call to a store; throws ``CacheStoreError/timedOut`` when it has not ended within `limit` or the task is
  /// cancelled. The call is cancelled then, and must heed that.
  package func within<Value: Sendable>(
    _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Value
  ) async throws(CacheStoreError) -> Value {
    let outcome = await withTaskGroup(of: Result<Value, CacheStoreError>?.self) { group in
      group.addTask {
        do {
          return .success(try await operation())
        } catch {
          // Stores throw nothing else, but for cancellation.
          return .failure(error as? CacheStoreError ?? .timedOut)
        }
      }
      group.addTask { [sleep] in
        // Cancelled when the operation was faster.
        try? await sleep(limit)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    guard let outcome else { throw .timedOut }
    return try outcome.get()
  }
}
