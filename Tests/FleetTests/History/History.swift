import Synchronization

/// What clients of a fleet did and saw, to be checked when all is over.
final class History: Sendable {
  /// One life of one instance.
  struct Place: Hashable, Sendable {
    let instance: Int
    let life: Int
  }

  /// A version of a package that a client was shown. Versions of one package grow in the order of its writes.
  struct Read: Sendable {
    let place: Place
    let package: String
    /// Which answer showed it: each is cached under a key of its own.
    let view: String
    let version: Int
    let began: ContinuousClock.Instant
    let ended: ContinuousClock.Instant
  }

  /// A version that a client wrote and that was acknowledged.
  struct Write: Sendable {
    let place: Place
    let package: String
    let version: Int
    let began: ContinuousClock.Instant
    let ended: ContinuousClock.Instant
  }

  private struct State {
    var reads: [Read] = []
    var writes: [Write] = []
    var refusals: [String] = []
    var slowest = Duration.zero
  }

  private let state = Mutex(State())

  var reads: [Read] { state.withLock(\.reads) }
  var writes: [Write] { state.withLock(\.writes) }
  /// Answers that should not have been given.
  var refusals: [String] { state.withLock(\.refusals) }
  var slowest: Duration { state.withLock(\.slowest) }

  func note(_ reads: [Read]) {
    state.withLock { state in
      state.reads += reads
      if let first = reads.first { state.slowest = max(state.slowest, first.ended - first.began) }
    }
  }

  func note(_ write: Write) {
    state.withLock { state in
      state.writes.append(write)
      state.slowest = max(state.slowest, write.ended - write.began)
    }
  }

  func noteRefusal(_ text: String) { state.withLock { $0.refusals.append(text) } }
}
