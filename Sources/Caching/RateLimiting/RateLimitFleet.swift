import Synchronization

/// What this instance knows of the store that counts for all, and of the instances that share it.
final class RateLimitFleet: Sendable {
  /// Instances count as there for so long after they were heard of.
  static let freshness = Duration.seconds(5)

  /// Two announcements, in nanoseconds.
  private static let settlingTime: UInt64 = 2_000_000_000

  private let up: Atomic<Bool>
  private let seen = Atomic(1)
  private let forgotten = Atomic(0)
  private let wasAnnounced = Atomic(false)
  /// When the store may be asked again; 0 when no time is set.
  private let settled = Atomic<UInt64>(0)

  /// - Parameter isUp: whether there is a store, which is then believed to answer until it does not.
  init(isUp: Bool) { up = Atomic(isUp) }

  /// Whether the store answered last time.
  var isUp: Bool { up.load(ordering: .relaxed) }
  /// How many instances there were when they could last be counted.
  var instances: Int { seen.load(ordering: .relaxed) }
  /// Changes whenever the store is found to have lost what it held.
  var memory: Int { forgotten.load(ordering: .relaxed) }

  /// The store does not answer. Tells whether that is news.
  func goDown() -> Bool {
    settled.store(0, ordering: .relaxed)
    return up.exchange(false, ordering: .relaxed)
  }

  /// What is to be done when the store has answered.
  enum Turn {
    /// All goes on as it did.
    case none
    /// What this instance admitted by itself must be paid in.
    case payIn
    /// All instances have had the time to pay in: the store decides again.
    case up
  }

  /// The store answers. One that was away, or has lost what it held, decides again only when every instance has had the
  /// time to tell what it admitted meanwhile.
  func learn(_ roster: InstanceRoster, at now: UInt64) -> Turn {
    let hasForgotten = wasAnnounced.exchange(true, ordering: .relaxed) && !roster.wasKnown
    if hasForgotten {
      forgotten.wrappingAdd(1, ordering: .relaxed)
      up.store(false, ordering: .relaxed)
    } else {
      // A store that has forgotten knows of too few.
      if isUp || settled.load(ordering: .relaxed) > 0 { seen.store(max(1, roster.instances), ordering: .relaxed) }
      if isUp { return .none }
    }
    let time = settled.load(ordering: .relaxed)
    if time == 0 || hasForgotten {
      settled.store(now + Self.settlingTime, ordering: .relaxed)
      return .payIn
    }
    guard now >= time else { return .none }
    settled.store(0, ordering: .relaxed)
    up.store(true, ordering: .relaxed)
    return .up
  }
}
