import Synchronization

/// Loads of keys of which a change is under way.
///
/// What such a load finds is of before or after the change, so nobody may be given what was begun to be loaded before he
/// asked. For each key one load runs, and all who come meanwhile share the next: a change under many readers makes two
/// loads at a time, not one for each.
final class DoubtLoads: Sendable {
  typealias Load = @Sendable () async throws -> CacheEntry

  private struct Queue {
    var running: Flight
    /// Begins when the running one has ended.
    var next: (flight: Flight, load: Load)?
  }

  private let queues = Mutex<[CacheKey: Queue]>([:])
  private let environment: CacheEnvironment
  /// Callers that waited for a load that another began.
  let coalesced = Atomic<Int>(0)

  init(environment: CacheEnvironment) { self.environment = environment }

  /// The result of a load of `key` that begins after this call.
  func run(_ key: CacheKey, stamp: FenceStamp, load: @escaping Load) async throws -> CacheEntry {
    let (flight, caller, isFirst) = board(key, stamp, load)
    if isFirst { start(key, flight, load) }
    return try await withTaskCancellationHandler {
      try await flight.wait(caller)
    } onCancel: {
      guard let orphan = flight.leave(caller, CancellationError()) else { return }
      orphan.cancel()
      goOn(key, after: flight)
    }
  }

  private func board(_ key: CacheKey, _ stamp: FenceStamp, _ load: @escaping Load) -> (Flight, Int, isFirst: Bool) {
    queues.withLock { queues in
      guard let queue = queues[key] else {
        let flight = Flight(stamp: stamp)
        queues[key] = Queue(running: flight)
        return (flight, flight.board(), true)
      }
      if let next = queue.next {
        coalesced.add(1, ordering: .relaxed)
        return (next.flight, next.flight.board(), false)
      }
      let flight = Flight(stamp: stamp)
      queues[key]?.next = (flight, load)
      return (flight, flight.board(), false)
    }
  }

  private func start(_ key: CacheKey, _ flight: Flight, _ load: @escaping Load) {
    flight.attach(
      environment.start { [self] in
        let outcome: Result<CacheEntry, any Error>
        do { outcome = .success(try await load()) } catch { outcome = .failure(error) }
        goOn(key, after: flight)
        flight.land(outcome)
      })
  }

  /// Lets the next load begin when `flight` has ended, or nobody waits for it any more.
  private func goOn(_ key: CacheKey, after flight: Flight) {
    let next: (flight: Flight, load: Load)? = queues.withLock { queues in
      guard let queue = queues[key], queue.running === flight else { return nil }
      guard let next = queue.next, !next.flight.isEmpty else {
        queues[key] = nil
        return nil
      }
      queues[key] = Queue(running: next.flight)
      return next
    }
    if let next { start(key, next.flight, next.load) }
  }
}
