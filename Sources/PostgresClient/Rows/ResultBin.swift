import CLibPQ
import Synchronization

/// Results that nobody reads any longer, on their way back to the event loop's thread.
///
/// That thread allocated them, in many blocks that are too large for malloc's thread caches. Freed where they came from
/// they are used again at once; freed elsewhere they make two threads contend for the lock of one arena.
final class ResultBin: Sendable {
  /// Sound to hand over: a PGresult belongs to no thread, and whoever puts it here no longer touches it.
  private struct Spent: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  private struct State {
    var spent: [Spent] = []
    var isClosed = false
  }

  private let state = Mutex(State())

  /// Frees a result at the end of the event loop's next turn, which is at most half a second away.
  func put(_ pointer: OpaquePointer) {
    let result = Spent(pointer: pointer)
    let isKept = state.withLock { state in
      if !state.isClosed { state.spent.append(result) }
      return !state.isClosed
    }
    if !isKept { PQclear(pointer) }
  }

  /// Frees what has been put in.
  func empty() {
    let spent = state.withLock { state in
      var taken: [Spent] = []
      taken.reserveCapacity(state.spent.count)
      swap(&taken, &state.spent)
      return taken
    }
    for result in spent { PQclear(result.pointer) }
  }

  /// From now on results are freed by whoever read them last.
  func close() {
    state.withLock { $0.isClosed = true }
    empty()
  }
}
