import Kernel
import Synchronization

/// Lets callers of a tenant in one at a time, in the order in which they came. Who waits here holds no connection.
final class TenantTurns: Sendable {
  private struct Waiter {
    let number: Int
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var lastNumber = 0
    /// Those who wait, for each tenant whose turn somebody has.
    var waiting: [TenantID: [Waiter]] = [:]
  }

  private let state = Mutex(State())
  /// How long somebody waits.
  private let patience: Duration

  init(patience: Duration) { self.patience = patience }

  /// Waits for a turn, which is to be given on by ``end(_:)``. Throws `unavailable`, having none, when that takes too long, and
  /// `CancellationError` when the task is cancelled before.
  func begin(_ tenant: TenantID) async throws {
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    let timer = Task {
      // Ended early when the turn has come.
      do { try await Task.sleep(for: patience) } catch { return }
      let refusal = DomainError(.unavailable, "Another import of this tenant is under way. Try again when it is done.")
      giveUp(number, tenant, refusal)
    }
    defer { timer.cancel() }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome: Result<Void, any Error>? = state.withLock { state in
          // A task that is cancelled after this finds its place below, for which it needs the lock.
          if Task.isCancelled { return .failure(CancellationError()) }
          guard state.waiting[tenant] != nil else {
            state.waiting[tenant] = []
            return .success(())
          }
          state.waiting[tenant]?.append(Waiter(number: number, continuation: continuation))
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    } onCancel: {
      giveUp(number, tenant, CancellationError())
    }
  }

  private func giveUp(_ number: Int, _ tenant: TenantID, _ reason: any Error) {
    let waiter: Waiter? = state.withLock { state in
      let place = state.waiting[tenant]?.firstIndex { $0.number == number }
      return place.flatMap { state.waiting[tenant]?.remove(at: $0) }
    }
    waiter?.continuation.resume(throwing: reason)
  }

  /// Gives the turn to who has waited longest.
  func end(_ tenant: TenantID) {
    let next: Waiter? = state.withLock { state in
      guard state.waiting[tenant]?.isEmpty == false else {
        state.waiting[tenant] = nil
        return nil
      }
      return state.waiting[tenant]?.removeFirst()
    }
    next?.continuation.resume()
  }
}
