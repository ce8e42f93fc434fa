import Synchronization

/// One load under way and the callers that wait for it.
final class Flight: Sendable {
  /// What a load found: an entry, and whether it may be stored.
  struct Landing: Sendable {
    let entry: CacheEntry
    let isKept: Bool
  }

  private struct State {
    var stamp: FenceStamp
    var seats: Set<Int> = []
    var waiting: [Int: CheckedContinuation<CacheEntry, any Error>] = [:]
    var gone: [Int: any Error] = [:]
    var nextCaller = 0
    var outcome: Result<CacheEntry, any Error>?
    var task: Task<Void, Never>?
    var overtakings = 0
  }

  private struct Departure {
    var continuation: CheckedContinuation<CacheEntry, any Error>?
    var orphan: Task<Void, Never>?
  }

  private let state: Mutex<State>

  init(stamp: FenceStamp) { state = Mutex(State(stamp: stamp)) }

  /// The generations under which what it brings is read.
  var stamp: FenceStamp { state.withLock(\.stamp) }

  /// Notes the generations anew: what it brings is read from now on, and nothing of it was read before.
  func renew(_ stamp: FenceStamp) { state.withLock { $0.stamp = stamp } }

  /// How often the store has told since this load began that something was written under the key; its own store, too, until
  /// that is known for what it is.
  var overtakings: Int { state.withLock(\.overtakings) }

  /// Something was written under the key.
  func overtake() { state.withLock { $0.overtakings += 1 } }

  /// What was told of was this load's own store.
  func dismissOvertaking() { state.withLock { $0.overtakings -= 1 } }

  /// Counts one more caller and gives it its number.
  func board() -> Int {
    state.withLock { state in
      state.nextCaller += 1
      state.seats.insert(state.nextCaller)
      return state.nextCaller
    }
  }

  /// Whether nobody waits for it.
  var isEmpty: Bool { state.withLock(\.seats.isEmpty) }

  /// Remembers the task that runs the load, so that it can be cancelled when the last caller has gone.
  func attach(_ task: Task<Void, Never>) {
    state.withLock { if $0.outcome == nil { $0.task = task } }
  }

  /// Suspends a caller until the load ends or the caller has gone.
  func wait(_ caller: Int) async throws -> CacheEntry {
    try await withCheckedThrowingContinuation { continuation in
      let outcome: Result<CacheEntry, any Error>? = state.withLock { state in
        if let outcome = state.outcome { return outcome }
        if let reason = state.gone.removeValue(forKey: caller) { return .failure(reason) }
        state.waiting[caller] = continuation
        return nil
      }
      if let outcome { continuation.resume(with: outcome) }
    }
  }

  /// Lets a caller go who has something else to take: his seat stays taken, so that the load goes on.
  func excuse(_ caller: Int) {
    let continuation: CheckedContinuation<CacheEntry, any Error>? = state.withLock { state in
      guard state.outcome == nil else { return nil }
      let continuation = state.waiting.removeValue(forKey: caller)
      if continuation == nil { state.gone[caller] = PatienceEnded.soft }
      return continuation
    }
    continuation?.resume(throwing: PatienceEnded.soft)
  }

  /// Lets a caller go. Returns the load's task when nobody is left to wait for it.
  func leave(_ caller: Int, _ reason: any Error) -> Task<Void, Never>? {
    let departure: Departure = state.withLock { state in
      guard state.outcome == nil, state.seats.remove(caller) != nil else { return Departure() }
      let continuation = state.waiting.removeValue(forKey: caller)
      if continuation == nil { state.gone[caller] = reason }
      return Departure(continuation: continuation, orphan: state.seats.isEmpty ? state.task : nil)
    }
    departure.continuation?.resume(throwing: reason)
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
    // In the order in which they came.
    for (_, continuation) in waiting.sorted(by: { $0.key < $1.key }) { continuation.resume(with: outcome) }
  }
}
