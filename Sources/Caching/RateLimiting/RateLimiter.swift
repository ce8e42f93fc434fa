public import Kernel

/// Limits requests by client, by tenant and in all, in sliding windows of a minute.
///
/// With a shared store, instances count together: each leases units in the background and spends them here, so that a
/// request is decided without a round trip while its subject is far from its limit, and at once by
/// ``take(_:)`` in any case that does not need the store's word. Without one, or while it is out of reach, each instance
/// counts by itself, and admits its share: the limit divided by the instances last seen. A request that is refused
/// counts against no window. Subjects that have been quiet for a minute are forgotten; at most ``capacity`` are
/// remembered, and past that the quietest go first.
public final class RateLimiter: Sendable {
  /// Who makes a request.
  public struct Client: Hashable, Sendable {
    let tenant: TenantID
    let name: String

    /// - Parameter name: what tells the client from the tenant's others: its secret key's digest, or its address.
    public init(tenant: TenantID, name: String) {
      self.tenant = tenant
      self.name = name
    }
  }

  /// Most subjects remembered.
  public static let capacity = 131_072

  private let client: RateLimit
  private let tenant: RateLimit
  private let all: RateLimit
  private let accounts: RateLimitAccounts
  private let environment: CacheEnvironment
  private let fleet: RateLimitFleet
  private let leaser: RateLimitLeaser?

  /// The value of the `RateLimit-Policy` header field.
  public let policyField: String

  /// A limiter; a quota of 0 means no such limit.
  /// - Parameter shared: where instances count together; ``run()`` must be running then.
  public init(
    clientQuota: Int, tenantQuota: Int, globalQuota: Int, shared: SharedRateLimits? = nil,
    environment: CacheEnvironment = CacheEnvironment()
  ) {
    client = RateLimit(name: "client", quota: clientQuota)
    tenant = RateLimit(name: "tenant", quota: tenantQuota)
    all = RateLimit(name: "global", quota: globalQuota)
    self.environment = environment
    let accounts = RateLimitAccounts()
    self.accounts = accounts
    let fleet = RateLimitFleet(isUp: shared != nil)
    self.fleet = fleet
    leaser = shared.map { RateLimitLeaser($0, accounts: accounts, fleet: fleet, environment: environment) }
    policyField = [client, tenant, all].filter { $0.quota > 0 }
      .map { "\"\($0.name)\";q=\($0.quota);w=\(RateLimit.window)" }.joined(separator: ", ")
  }

  /// The accounts of a client: what it uses counts against each. A connection may keep them while it lives.
  public func subjects(_ client: Client) -> Subjects {
    let now = environment.ticker.nanoseconds()
    return Subjects(
      client: account(.client(client), self.client, now), tenant: account(.tenant(client.tenant), tenant, now),
      all: account(.all, all, now))
  }

  /// Takes one request from each window, or from none when one of them is full. Never suspends.
  public func take(_ subjects: Subjects) -> RateLimitVerdict { take(subjects, isAlone: false) }

  /// The same, asking the shared store where that is needed, which takes a round trip and never longer than
  /// ``SharedRateLimits/patience``. Nil when nothing is limited.
  public func takeWaiting(_ subjects: Subjects) async -> RateLimitDecision? {
    // Others may be quicker to spend what the store grants, each time it is asked.
    for _ in 0..<8 {
      switch take(subjects) {
      case .unlimited: return nil
      case .decided(let decision): return decision
      case .unknown:
        guard let leaser else { break }
        let now = environment.ticker.nanoseconds()
        let orders = (0..<Subjects.count).compactMap { subjects[$0] }.filter { $0.isEmpty(at: now) }.map {
          leaser.ask($0)
        }
        for order in orders { await order.value }
      }
    }
    guard case .decided(let decision) = take(subjects, isAlone: true) else { return nil }
    return decision
  }

  /// Keeps in touch with the shared store until the task is cancelled.
  public func run() async { await leaser?.run() }

  /// One round of ``run()``.
  func keepInTouch() async { await leaser?.keepInTouch() }

  /// What has been done to count together.
  public var statistics: RateLimiterStatistics {
    RateLimiterStatistics(
      isShared: leaser != nil && fleet.isUp, instances: fleet.instances, orders: leaser?.orders ?? 0,
      subjects: accounts.count)
  }

  /// How many subjects are remembered now.
  var remembered: Int { accounts.count }

  private func account(_ subject: RateLimitAccounts.Subject, _ limit: RateLimit, _ now: UInt64) -> RateLimitAccount? {
    limit.quota > 0 ? accounts.account(subject, limit, memory: fleet.memory, at: now) : nil
  }

  private func take(_ subjects: Subjects, isAlone: Bool) -> RateLimitVerdict {
    let now = environment.ticker.nanoseconds()
    let isShared = leaser != nil && !isAlone && fleet.isUp
    let (instances, memory) = (fleet.instances, fleet.memory)
    var verdict = RateLimitVerdict.unlimited
    for index in 0..<Subjects.count {
      guard let account = subjects[index] else { continue }
      let mode: RateLimitAccount.Mode =
        isShared
        ? .shared(instances: instances, memory: memory)
        : .alone(quota: max(1, account.limit.quota / instances), owes: leaser != nil)
      let (found, asking) = account.take(mode, at: now)
      switch asking {
      case .never: break
      case .inTime: leaser?.remember(account)
      case .now: _ = leaser?.ask(account)
      }
      guard case .decided(let decision) = found, decision.isAllowed else {
        for earlier in 0..<index { subjects[earlier]?.giveBack() }
        return found
      }
      if case .decided(let nearest) = verdict, nearest.remaining <= decision.remaining { continue }
      verdict = found
    }
    return verdict
  }
}

extension RateLimiter {
  /// The accounts that a client's requests count against.
  public struct Subjects: Sendable {
    let client: RateLimitAccount?
    let tenant: RateLimitAccount?
    let all: RateLimitAccount?

    static let count = 3

    subscript(index: Int) -> RateLimitAccount? { index == 0 ? client : index == 1 ? tenant : all }
  }
}
