import Synchronization

/// Where instances count together.
public struct SharedRateLimits: Sendable {
  /// Holds the windows.
  public var store: any RateLimitStorePort
  /// Knows who shares it.
  public var roster: any InstanceRosterPort
  /// Names this instance among them.
  public var instance: String
  /// How long the store may take to answer.
  public var patience = Duration.milliseconds(500)
  /// How often this instance says that it is there, gives back what it leased and did not spend, and pays what it owes.
  public var interval = Duration.seconds(1)
  /// Told when the store goes and when it comes back.
  public var onChange: @Sendable (_ isUp: Bool) -> Void

  /// A store and its instances.
  public init(
    store: any RateLimitStorePort, roster: any InstanceRosterPort, instance: String,
    onChange: @escaping @Sendable (_ isUp: Bool) -> Void = { _ in }
  ) {
    self.store = store
    self.roster = roster
    self.instance = instance
    self.onChange = onChange
  }
}

/// What a limiter has done to count together with others.
public struct RateLimiterStatistics: Sendable, Equatable {
  /// Whether the shared store decides now.
  public let isShared: Bool
  /// How many instances there were when they could last be counted.
  public let instances: Int
  /// How often the store was asked for units.
  public let orders: Int
  /// How many subjects are remembered.
  public let subjects: Int
}

/// Asks the shared store for units, in the background, and keeps in touch with it.
final class RateLimitLeaser: Sendable {
  private static let window = Duration.seconds(RateLimit.window)
  /// How many accounts give back at the same time.
  private static let width = 16

  private let shared: SharedRateLimits
  /// The store, where it keeps the time itself.
  private let timelyStore: (any RateLimitStorePort)?
  private let accounts: RateLimitAccounts
  private let fleet: RateLimitFleet
  private let environment: CacheEnvironment
  private let count = Atomic(0)
  /// Those that hold leases or have debts, each once.
  private let open = Mutex<[CacheKey: RateLimitAccount]>([:])

  init(
    _ shared: SharedRateLimits, accounts: RateLimitAccounts, fleet: RateLimitFleet, environment: CacheEnvironment
  ) {
    self.shared = shared
    timelyStore = shared.store.limited(to: shared.patience)
    self.accounts = accounts
    self.fleet = fleet
    self.environment = environment
  }

  /// How often the store was asked for units.
  var orders: Int { count.load(ordering: .relaxed) }

  /// Asks for what an account needs, unless that is being done already.
  /// - Parameter isAhead: whether for requests to come, too.
  func ask(_ account: RateLimitAccount, isAhead: Bool = true) -> Task<Void, Never> {
    account.asking { account in environment.start { [self] in await fill(account, isAhead: isAhead) } }
  }

  /// Asks when something of the account is due.
  func remember(_ account: RateLimitAccount) { open.withLock { $0[account.key] = account } }

  private func fill(_ account: RateLimitAccount, isAhead: Bool) async {
    count.wrappingAdd(1, ordering: .relaxed)
    let order = account.order(instances: fleet.instances, isAhead: isAhead, at: environment.ticker.nanoseconds())
    do throws(CacheStoreError) {
      try await giveBack(order, account.key)
      let grant = try await inTime { (store) async throws(CacheStoreError) in
        try await store.take(order.count, of: account.limit.quota, per: Self.window, for: account.key)
      }
      account.told(grant, of: order, at: environment.ticker.nanoseconds())
      if account.dueAt != nil { remember(account) }
    } catch {
      account.told(nil, of: order, at: environment.ticker.nanoseconds())
      if fleet.goDown() { shared.onChange(false) }
    }
  }

  private func giveBack(_ order: LeaseBook.Order, _ key: CacheKey) async throws(CacheStoreError) {
    for (count, grant) in order.returns {
      try await inTime { (store) async throws(CacheStoreError) in
        try await store.giveBack(count, of: grant, per: Self.window, for: key)
      }
    }
  }

  /// One call to the store, with nothing started beside it where the store keeps the time.
  private func inTime<Value: Sendable>(
    _ call: @escaping @Sendable (any RateLimitStorePort) async throws(CacheStoreError) -> Value
  ) async throws(CacheStoreError) -> Value {
    if let timelyStore { return try await call(timelyStore) }
    return try await environment.within(shared.patience) { [shared] in try await call(shared.store) }
  }

  /// Says at every interval that this instance is there, and gives back what has run out.
  func run() async {
    while !Task.isCancelled {
      await keepInTouch()
      // Cancelled when the process is to end.
      try? await environment.sleep(shared.interval)
    }
  }

  /// One round of ``run()``.
  func keepInTouch() async {
    await announce()
    if fleet.isUp { await settleDue() }
  }

  private func announce() async {
    do throws(CacheStoreError) {
      let roster = try await environment.within(shared.patience) { [shared] in
        try await shared.roster.announce(shared.instance, freshness: RateLimitFleet.freshness)
      }
      switch fleet.learn(roster, at: environment.ticker.nanoseconds()) {
      case .none: return
      case .payIn: await payIn()
      case .up: shared.onChange(true)
      }
    } catch {
      if fleet.goDown() { shared.onChange(false) }
    }
  }

  /// Tells the store what was admitted without it.
  private func payIn() async {
    let now = environment.ticker.nanoseconds()
    let memory = fleet.memory
    await settle(accounts.recent(at: now).filter { $0.isInDebt(memory: memory, at: now) })
  }

  /// Gives back leases that have ended, and pays debts.
  private func settleDue() async {
    let now = environment.ticker.nanoseconds()
    let due = open.withLock { open in
      let due = open.filter { ($0.value.dueAt ?? 0) <= now }
      for key in due.keys { open[key] = nil }
      return due.values
    }
    await settle(due.filter { $0.dueAt != nil })
  }

  private func settle(_ accounts: [RateLimitAccount]) async {
    await withTaskGroup(of: Void.self) { group in
      for (index, account) in accounts.enumerated() {
        if index >= Self.width { await group.next() }
        group.addTask { [self] in await ask(account, isAhead: false).value }
      }
    }
  }
}
