import Synchronization

/// One load under way and the callers that wait for it.
final class Flight: Sendable {
  /// What a load found: an entry, and whether it may be stored.
  struct Landing: Sendable {
    let entry: CacheEntry
    let isKept: Bool
  }

  private struct State {
    var callers = 0
    var waiting: [Int: CheckedContinuation<CacheEntry, any Error>] = [:]
    var gone: Set<Int> = []
    var nextCaller = 0
    var outcome: Result<CacheEntry, any Error>?
    var task: Task<Void, Never>?
  }

  private struct Departure {
    var continuation: CheckedContinuation<CacheEntry, any Error>?
    var orphan: Task<Void, Never>?
  }

  /// The generations the load began under.
  let stamp: FenceStamp
  private let state = Mutex(State())

  init(stamp: FenceStamp) { self.stamp = stamp }

  /// Counts one more caller and gives it its number.
  func board() -> Int {
    state.withLock { state in
      state.callers += 1
      state.nextCaller += 1
      return state.nextCaller
    }
  }

  /// Remembers the task that runs the load, so that it can be cancelled when the last caller has gone.
  func attach(_ task: Task<Void, Never>) {
    state.withLock { if $0.outcome == nil { $0.task = task } }
  }

  /// Suspends a caller until the load ends or the caller has gone.
  func wait(_ caller: Int) async throws -> CacheEntry {
    try await withCheckedThrowingContinuation { continuation in
      let outcome: Result<CacheEntry, any Error>? = state.withLock { state in
        if let outcome = state.outcome { return outcome }
        if state.gone.remove(caller) != nil { return .failure(CancellationError()) }
        state.waiting[caller] = continuation
        return nil
      }
      if let outcome { continuation.resume(with: outcome) }
    }
  }

  /// Lets a cancelled caller go. Returns the load's task when nobody is left to wait for it.
  func leave(_ caller: Int) -> Task<Void, Never>? {
    let departure: Departure = state.withLock { state in
      guard state.outcome == nil else { return Departure() }
      state.callers -= 1
      let continuation = state.waiting.removeValue(forKey: caller)
      if continuation == nil { state.gone.insert(caller) }
      return Departure(continuation: continuation, orphan: state.callers == 0 ? state.task : nil)
    }
    departure.continuation?.resume(throwing: CancellationError())
    return departure.orphan
  }

  /// Gives every caller the outcome.
  func land(_ outcome: Result<CacheEntry, any Error>) {
    let waiting = state.withLock { state in
      state.outcome = outcome
      state.task = nil
      defer { state.waiting = [:] }
      return state.waiting
    }
    for continuation in waiting.values { continuation.resume(with: outcome) }
  }
}
