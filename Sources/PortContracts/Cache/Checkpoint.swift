import Synchronization

/// A gate in a test: whoever waits goes on when it has been opened, at once when it already was.
package final class Checkpoint: Sendable {
  private struct State {
    var isOpen = false
    var nextWaiter = 0
    var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())

  package init() {}

  /// Lets everybody through, now and later.
  package func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [:] }
      return state.waiting
    }
    for continuation in waiting.values { continuation.resume() }
  }

  /// Waits until the gate is open; throws `CancellationError` when the task is cancelled before.
  package func wait() async throws {
    let waiter = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome: Result<Void, any Error>? = state.withLock { state in
          if state.cancelled.remove(waiter) != nil { return .failure(CancellationError()) }
          if state.isOpen { return .success(()) }
          state.waiting[waiter] = continuation
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        if state.waiting[waiter] == nil, !state.isOpen { state.cancelled.insert(waiter) }
        return state.waiting.removeValue(forKey: waiter)
      }
      continuation?.resume(throwing: CancellationError())
    }
  }
}
