/// What an instance has of one subject's units in the shared store: leases to spend, a little credit, and the store's
/// last word. A value that is told what happens and says what to do; times in nanoseconds.
///
/// Units are leased a batch at a time, as many as the last second's demand calls for, never more than a share of what is
/// left; a lease is spent within a second or given back. So what can be spent outside the window it was counted in is at
/// most a second's demand. Far from the limit a request need not wait for a batch: while half of the credit is enough
/// for all that come, they are served on it, and paid for every five seconds.
struct LeaseBook: Sendable {
  private struct Lease {
    var units: Int
    let until: UInt64
    let grant: RateLimitGrant
  }

  /// What becomes of one request.
  enum Spending: Equatable {
    /// It may go on; so many are left as far as this instance knows.
    case spent(remaining: Int)
    /// The store said so, less than a second ago; the wait in seconds.
    case refused(seconds: Int)
    /// The store must be asked.
    case unknown
  }

  /// What to tell the store.
  struct Order {
    /// Units that were leased and not spent.
    let returns: [(count: Int, grant: RateLimitGrant)]
    /// Units to take.
    let count: Int
    fileprivate let debt: Int
    fileprivate let at: UInt64
  }

  private static let second: UInt64 = 1_000_000_000
  private static let window = UInt64(RateLimit.window) * second
  /// The share of the limit that all instances together may serve on credit.
  private static let creditShare = 20
  /// How long a debt may wait.
  private static let term = 5 * second

  /// The oldest first.
  private var leases: [Lease] = []
  private var returns: [(count: Int, grant: RateLimitGrant)] = []
  /// Units spent that the store has not counted yet.
  private(set) var debt = 0
  /// When the first of the units was spent on credit that the store has not been asked for.
  private var debtSince: UInt64?
  /// What the store had left when it last spoke; nil when that is too long ago to mean anything.
  private var remaining: Int?
  private var toldAt: UInt64 = 0
  private var resetAt: UInt64 = 0
  private var refusedUntil: UInt64 = 0
  private var lastBatch = 0
  /// Requests since the store last spoke, and those of them that wait for it.
  private var demand = 0
  private var waiting = 0
  private(set) var isAsking = false

  /// When the store has to be told of something: of a lease that has ended, or of a debt. nil when there is neither.
  var dueAt: UInt64? {
    let ends = [returns.isEmpty ? nil : 0, leases.first?.until, debt > 0 ? debtSince.map { $0 + Self.term } : nil]
    return ends.compactMap(\.self).min()
  }

  /// Whether units are owed for which the store is to be asked in time.
  var hasTerm: Bool { debtSince != nil }

  private var held: Int { leases.reduce(0) { $0 + $1.units } }

  /// Spends a unit, if there is one.
  mutating func spend(limit: Int, instances: Int, at now: UInt64) -> Spending {
    expire(at: now)
    if let index = leases.firstIndex(where: { $0.units > 0 }) {
      leases[index].units -= 1
      demand += 1
      return .spent(remaining: held + (remaining ?? 0))
    }
    if now < refusedUntil { return .refused(seconds: secondsToNext(at: now)) }
    if debt < Self.credit(limit, instances), isFar(from: limit) {
      debt += 1
      debtSince = debtSince ?? now
      demand += 1
      return .spent(remaining: max(0, (remaining ?? limit) - debt))
    }
    demand += 1
    waiting += 1
    return .unknown
  }

  /// Whether the store has not been asked for what the next request needs.
  func isEmpty(at now: UInt64) -> Bool {
    now >= refusedUntil && !leases.contains { $0.units > 0 && $0.until > now }
  }

  /// Takes back the unit that was spent last, since another limit refused the request.
  mutating func unspend() {
    if leases.isEmpty { debt = max(0, debt - 1) } else { leases[leases.count - 1].units += 1 }
  }

  /// Counts a unit that was spent while the store was out of reach.
  mutating func owe(_ units: Int) { debt += units }

  /// All that was spent in the last window is owed: the store has forgotten it.
  mutating func oweAll(_ units: Int) {
    debt = units
    (remaining, leases, returns, debtSince) = (nil, [], [], nil)
  }

  /// Whether the store should be asked now, so that the next request need not wait.
  func wantsMore(limit: Int, instances: Int, at now: UInt64) -> Bool {
    guard !isAsking else { return false }
    if waiting > 0 { return true }
    if isCreditEnough(limit, instances, at: now) { return debtSince.map { $0 + Self.term <= now } ?? false }
    return debt > 0 || (held * 4 <= lastBatch && expected(at: now) >= 1)
  }

  /// What to ask; the answer goes to ``told(_:of:at:)`` or ``failed()``.
  /// - Parameter isAhead: whether units are wanted for requests to come.
  mutating func order(limit: Int, instances: Int, isAhead: Bool, at now: UInt64) -> Order {
    expire(at: now)
    let left = remaining ?? limit / 4
    let wantsLease = isAhead && !isCreditEnough(limit, instances, at: now)
    let ahead = !wantsLease ? 0 : min(expected(at: now), max(1, lastBatch * 2), left / (2 * instances)) - held
    let order = Order(returns: returns, count: debt + max(waiting, ahead), debt: debt, at: now)
    returns = []
    isAsking = true
    return order
  }

  /// The store has answered.
  mutating func told(_ grant: RateLimitGrant, of order: Order, at now: UInt64) {
    isAsking = false
    // What the store does not grant of a debt is written off: there is nobody to ask for it.
    debt = max(0, debt - order.debt)
    debtSince = debt > 0 ? now : nil
    let units = max(0, grant.granted - order.debt)
    leases.removeAll { $0.units == 0 }
    if units > 0 { leases.append(Lease(units: units, until: order.at + Self.second, grant: grant)) }
    (remaining, toldAt, demand, waiting) = (grant.remaining, now, 0, 0)
    lastBatch = max(units, 1)
    resetAt = now + UInt64(max(.zero, grant.resetAfter) / .nanoseconds(1))
    refusedUntil = grant.granted < order.count && grant.remaining == 0 ? min(resetAt, now + Self.second) : 0
  }

  /// The store is out of reach: what was leased there is counted there, and nothing here can be relied on.
  mutating func failed() {
    (isAsking, leases, returns, remaining, waiting, debtSince) = (false, [], [], nil, 0, nil)
  }

  /// From 1 to the length of the window.
  func secondsToNext(at now: UInt64) -> Int {
    guard resetAt > now else { return 1 }
    return min(RateLimit.window, Int((resetAt - now + Self.second - 1) / Self.second))
  }

  private mutating func expire(at now: UInt64) {
    while let first = leases.first, first.until <= now {
      if first.units > 0 { returns.append((first.units, first.grant)) }
      leases.removeFirst()
    }
    if toldAt + Self.window < now { remaining = nil }
  }

  /// Whether half of the limit was left at the last word; what was never heard of is far.
  private func isFar(from limit: Int) -> Bool { remaining.map { $0 > limit / 2 } ?? true }

  /// Whether half of the credit is enough for the requests of the next second.
  private func isCreditEnough(_ limit: Int, _ instances: Int, at now: UInt64) -> Bool {
    let start = max(toldAt, debtSince ?? 0)
    let elapsed = max(now - min(now, start), Self.second)
    let coming = Int(Double(demand) * Double(Self.second) / Double(elapsed))
    return isFar(from: limit) && (debt + coming) * 2 < Self.credit(limit, instances)
  }

  private static func credit(_ limit: Int, _ instances: Int) -> Int { limit / (creditShare * instances) }

  /// Requests to come within a second, if they come as they have since the last word.
  private func expected(at now: UInt64) -> Int {
    let elapsed = max(now - min(now, toldAt), 1_000_000)
    return Int(Double(demand) * Double(Self.second) / Double(elapsed))
  }
}
