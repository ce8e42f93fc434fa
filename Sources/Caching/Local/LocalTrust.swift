import Synchronization

/// Whether what this instance has in memory may be served without asking the shared store.
///
/// It may while the store answers and the feed of changes is live, since then every change elsewhere is heard of. After
/// a gap in the feed what is in memory must be compared with the store again; while the feed is down, at every read; and
/// while the store is down as well, what was trusted before and what is loaded meanwhile live on a short lease.
///
/// An entry carries the mark of the moment before its load began. Reading takes two atomic loads while all is well.
final class LocalTrust: Sendable {
  /// The kinds of mark, in the two high bits; the low bits count the changes of state.
  private enum Mode: UInt32 {
    case trusted = 0
    /// The store answers, the feed is down.
    case verifying = 1
    /// The store does not answer.
    case leased = 2
  }

  private struct State {
    var isFeedLive: Bool
    var isStoreUp = true
    var count: UInt32 = 0

    var mode: Mode { isStoreUp ? (isFeedLive ? .trusted : .verifying) : .leased }
  }

  /// After this nothing is served without asking, whatever has been noticed. The feed is taken for dead earlier, by a task
  /// that may be late itself.
  private static let longestSilence = Duration.seconds(3).ticks

  private let state: Mutex<State>
  private let current: Atomic<UInt32>
  private let lastTrusted = Atomic<UInt32>(.max)
  private let leaseEnd = Atomic<UInt64>(0)
  /// When the feed last proved to be whole; in the farthest future where there is none.
  private let confirmedAt: Atomic<UInt64>
  /// How long entries are served without the store.
  let lease: Duration

  /// - Parameter hasFeed: false where nothing changes elsewhere, or where an entry's time to live is guard enough.
  init(hasFeed: Bool, lease: Duration) {
    let state = State(isFeedLive: !hasFeed)
    self.state = Mutex(state)
    confirmedAt = Atomic(hasFeed ? 0 : .max)
    current = Atomic(Self.word(state))
    self.lease = lease
  }

  /// What an entry whose load begins now is to carry.
  var mark: UInt32 { current.load(ordering: .acquiring) }

  /// Whether the store is taken to be out of reach.
  var isLeased: Bool { Self.mode(mark) == .leased }

  /// Whether an entry with `mark` may be served at `now` (ticks in nanoseconds).
  func isTrusted(_ mark: UInt32, now: UInt64) -> Bool {
    let word = current.load(ordering: .acquiring)
    if mark == word {
      switch Self.mode(word) {
      // Where this process was stopped for a while, requests are here before the word of what changed meanwhile.
      case .trusted: return now <= confirmedAt.load(ordering: .acquiring).addingSaturated(Self.longestSilence)
      case .verifying: return false
      case .leased: return true
      }
    }
    guard Self.mode(word) == .leased else { return false }
    return mark == lastTrusted.load(ordering: .acquiring) && now < leaseEnd.load(ordering: .acquiring)
  }

  /// The feed has come or gone.
  func feed(isLive: Bool, now: UInt64) {
    if isLive { confirm(now: now) }
    change(now) { $0.isFeedLive = isLive }
  }

  /// The store has come or gone.
  func store(isUp: Bool, now: UInt64) { change(now) { $0.isStoreUp = isUp } }

  /// The feed has just proved to be whole. The lease counts from the last such moment, not from that at which the loss of
  /// the feed or the store was noticed: what changed elsewhere between the two was not heard of.
  func confirm(now: UInt64) { confirmedAt.store(now, ordering: .releasing) }

  /// Messages of the feed were lost.
  func gap(now: UInt64) { change(now, always: true) { _ in } }

  private func change(_ now: UInt64, always: Bool = false, _ body: (inout State) -> Void) {
    state.withLock { state in
      let old = (mode: state.mode, word: Self.word(state))
      body(&state)
      guard always || state.mode != old.mode else { return }
      state.count = (state.count + 1) & 0x3FFF_FFFF
      if old.mode == .trusted, state.mode != .trusted {
        lastTrusted.store(old.word, ordering: .releasing)
        let start = min(now, confirmedAt.load(ordering: .acquiring))
        leaseEnd.store(start.addingSaturated(lease.ticks), ordering: .releasing)
      }
      current.store(Self.word(state), ordering: .releasing)
    }
  }

  private static func word(_ state: State) -> UInt32 { state.mode.rawValue << 30 | state.count }

  private static func mode(_ word: UInt32) -> Mode { Mode(rawValue: word >> 30) ?? .verifying }
}
