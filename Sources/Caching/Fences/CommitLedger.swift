import Synchronization

/// What a database notes of the commits of one change, for the cache that runs the change.
///
/// Ambient to the task, so that no way of writing can forget it: decision 8 says why.
public final class CommitLedger: Sendable {
  /// The ledger of the change that the current task runs; nil outside of changes.
  @TaskLocal public static var current: CommitLedger?

  private struct State {
    var position: UInt64?
    var isUnknown = false
    var onSettled: [@Sendable (Bool) -> Void] = []
    var isTold = false
  }

  private let state = Mutex(State())

  /// The ledger of a change that is about to run.
  package init() {}

  /// Notes a commit.
  /// - Parameters:
  ///   - position: where in the write-ahead log it lies; nil when that is not known.
  ///   - onSettled: told, once the change is settled, whether the shared store and through it every instance knows of it.
  public func committed(position: UInt64?, onSettled: @escaping @Sendable (_ isTold: Bool) -> Void) {
    state.withLock { state in
      if let position { state.position = max(position, state.position ?? 0) } else { state.isUnknown = true }
      state.onSettled.append(onSettled)
    }
  }

  /// The largest position of the commits; nil when one is not known, and when there was none.
  package var position: UInt64? { state.withLock { $0.isUnknown ? nil : $0.position } }

  /// Whether the shared store was told.
  var isTold: Bool { state.withLock(\.isTold) }

  /// The change is settled.
  package func settled(isTold: Bool) {
    let onSettled = state.withLock { state in
      state.isTold = isTold
      defer { state.onSettled = [] }
      return state.onSettled
    }
    for call in onSettled { call(isTold) }
  }
}
