import Synchronization

/// One segment on its way to the server and its answer on the way back.
final class Exchange: Sendable {
  /// Until when a caller's cancellation is heeded.
  enum Cancellation: Sendable {
    /// Also while the server executes it: the caller is answered at once, the server is told to stop.
    case anyTime
    /// Only as long as nothing was sent, because it contains COMMIT.
    case untilSent
    case never
  }

  /// How an exchange uses the session of a transaction.
  enum Lease: Sendable {
    case none
    /// The session that answers stays reserved under the number.
    case opens(LeaseID)
    /// Runs on the session reserved under the number.
    case uses(LeaseID)
  }

  private enum Waiter {
    case absent
    case waiting(UnsafeContinuation<Void, Never>)
    case answered(Result<SegmentReply, any Error>)
    case done
  }

  let segment: Segment
  let lease: Lease
  let cancellation: Cancellation
  /// Whether it contains COMMIT, so that a lost answer means that nobody knows.
  let commits: Bool
  /// Until when it may wait for a connection.
  let waitsUntil: Instant
  /// How long the server may take once it was sent.
  let runsFor: Duration
  /// Until when the caller wants an answer at all.
  let deadline: Instant
  private let waiter = Mutex(Waiter.absent)

  init(
    _ segment: Segment, lease: Lease = .none, cancellation: Cancellation = .anyTime, commits: Bool = false,
    waitsUntil: Instant = .distantFuture, runsFor: Duration, deadline: Instant = .distantFuture
  ) {
    self.segment = segment
    self.lease = lease
    self.cancellation = cancellation
    self.commits = commits
    self.waitsUntil = min(waitsUntil, deadline)
    self.runsFor = runsFor
    self.deadline = deadline
  }

  /// Whether somebody still waits for the answer.
  var isWanted: Bool {
    waiter.withLock { waiter in
      switch waiter {
      case .absent, .waiting: true
      case .answered, .done: false
      }
    }
  }

  /// The name of the statement that errors speak of.
  var statementName: String? {
    switch segment {
    case .steps(let steps): steps.last { $0.parameters.count > 0 }?.statement.name ?? steps.last?.statement.name
    case .script(let statement), .copy(let statement, _): statement.name
    }
  }

  /// Answers the caller, unless that was done. Tells whether this was the answer.
  @discardableResult
  func answer(_ result: Result<SegmentReply, any Error>) -> Bool {
    let (isFirst, continuation) = settle(result)
    continuation?.resume()
    return isFirst
  }

  /// As ``answer(_:)``, but the caller goes on waiting until the continuation is resumed, which is up to whoever gets it.
  func settle(_ result: Result<SegmentReply, any Error>) -> (isFirst: Bool, UnsafeContinuation<Void, Never>?) {
    waiter.withLock { waiter in
      switch waiter {
      case .absent:
        waiter = .answered(result)
        return (true, nil)
      case .waiting(let continuation):
        waiter = .answered(result)
        return (true, continuation)
      case .answered, .done: return (false, nil)
      }
    }
  }

  /// Submits the exchange and suspends until it is answered.
  /// - Parameter abandon: tells the event loop that the caller has gone.
  func reply(submit: () -> Void, abandon: @Sendable (Exchange) -> Void) async throws -> SegmentReply {
    switch cancellation {
    case .never: return try await wait(submit: submit)
    case .anyTime, .untilSent:
      return try await withTaskCancellationHandler {
        try await wait(submit: submit)
      } onCancel: {
        if cancellation == .untilSent || answer(.failure(CancellationError())) { abandon(self) }
      }
    }
  }

  /// The answer is handed over under the lock; the continuation only wakes the caller. It is resumed once: whoever takes
  /// it out of `waiter` does it, or nobody put it there.
  private func wait(submit: () -> Void) async throws -> SegmentReply {
    await withUnsafeContinuation { continuation in
      let mustWait = waiter.withLock { waiter in
        guard case .absent = waiter else { return false }
        waiter = .waiting(continuation)
        return true
      }
      if mustWait { submit() } else { continuation.resume() }
    }
    return try take().get()
  }

  private func take() -> Result<SegmentReply, any Error> {
    waiter.withLock { waiter in
      guard case .answered(let result) = waiter else {
        return .failure(PostgresError(.protocolViolation, "an exchange was awaited twice"))
      }
      waiter = .done
      return result
    }
  }
}
