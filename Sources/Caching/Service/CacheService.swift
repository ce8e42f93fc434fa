import Synchronization

/// The cache: a bounded tier in memory, a tier that instances share, where there is one, and loads behind both.
public final class CacheService: CacheServicePort {
  /// What the tier in memory may hold.
  public struct Limits: Sendable {
    /// Most entries; 0 leaves the shared store as the only tier.
    public var entries: Int
    /// Most bytes of bodies and bookkeeping.
    public var bytes: Int

    /// The defaults are those of the settings.
    public init(entries: Int = 100_000, bytes: Int = 256 << 20) {
      self.entries = entries
      self.bytes = bytes
    }
  }

  let local: BoundedTable<CacheEntry>
  let generations = Generations()
  let trust: LocalTrust
  let flights: SingleFlight
  let doubtLoads: DoubtLoads
  let shared: SharedTier?
  let backplane: Backplane?
  let deletions: DeletionWatch?
  let store: any CacheStorePort
  /// Whether entries are kept in memory.
  let keepsEntries: Bool
  /// Whether there is anything to keep values in.
  var hasTiers: Bool { keepsEntries || shared != nil }
  let options: SharedTierOptions
  let environment: CacheEnvironment
  let counters = CacheCounters()
  let gzip = GzipEncoder()

  /// A cache in memory alone, without counters: ``incr(_:by:timeToLive:)`` returns nil.
  public convenience init(limits: Limits = Limits(), environment: CacheEnvironment = CacheEnvironment()) {
    self.init(store: AbsentStore(), limits: limits, environment: environment)
  }

  /// A cache in memory alone, over a store for counters.
  public convenience init(
    store: any CacheStorePort, limits: Limits = Limits(), environment: CacheEnvironment = CacheEnvironment()
  ) {
    self.init(store: store, shared: nil, limits: limits, options: SharedTierOptions(), environment: environment)
  }

  /// A cache in memory over a store that instances share. ``run()`` must be running for this instance to hear of changes
  /// on others; until it is, what is in memory is compared with the store at every read.
  public convenience init(
    shared: any FenceStorePort, limits: Limits = Limits(), options: SharedTierOptions = SharedTierOptions(),
    environment: CacheEnvironment = CacheEnvironment(), origin: CacheOrigin = CacheOrigin()
  ) {
    self.init(
      store: shared, shared: shared, limits: limits, options: options, environment: environment, origin: origin)
  }

  private init(
    store: any CacheStorePort, shared: (any FenceStorePort)?, limits: Limits, options: SharedTierOptions,
    environment: CacheEnvironment, origin: CacheOrigin = CacheOrigin()
  ) {
    self.store = store
    keepsEntries = limits.entries > 0
    self.options = options
    self.environment = environment
    local = BoundedTable(.init(entries: limits.entries, bytes: limits.bytes))
    flights = SingleFlight(generations: generations, environment: environment)
    doubtLoads = DoubtLoads(environment: environment)
    let channel = shared == nil ? nil : options.channel
    let trust = LocalTrust(hasFeed: channel != nil, lease: options.localLease)
    self.trust = trust
    let receiver = CacheReceiver(
      local: local, generations: generations, flights: flights, trust: trust, ticker: environment.ticker)
    let backplane = channel.map {
      Backplane(store: store, channel: $0, environment: environment, receiver: receiver)
    }
    self.backplane = backplane
    let watched = limits.entries == 0 ? [] : options.watchedNamespaces
    deletions = shared.flatMap { store in
      watched.isEmpty
        ? nil : DeletionWatch(store: store, namespaces: watched, environment: environment, receiver: receiver)
    }
    self.shared = shared.map { [generations] in
      SharedTier(
        store: $0, isOnlyTier: limits.entries == 0, options: options, environment: environment, origin: origin,
        generations: generations, trust: trust
      ) { backplane?.announce($0) }
    }
  }

  /// Hears of changes on other instances and tells them that this one lives, until the task is cancelled. Returns at once
  /// where there are no others.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.backplane?.run() }
      group.addTask { await self.deletions?.run() }
    }
  }

  /// Whether this instance hears of every change on others.
  public var isFeedLive: Bool { trust.isTrusted(trust.mark, now: environment.ticker.nanoseconds()) }

  /// An entry that is due for a refresh is left to ``getOrSet(_:as:policy:load:)``, which can start one.
  public func peek(_ key: CacheKey) -> CacheEntry? {
    valid(key, countsMiss: false, servesDue: false)
  }

  public func change<Result: Sendable>(
    _ tags: [CacheTag], _ body: @Sendable () async throws -> CacheChange<Result>
  ) async throws -> Result {
    let doubt = generations.raiseDoubt(tags)
    let patience = environment.start { [generations, environment, options] in
      do { try await environment.sleep(options.changePatience) } catch { return }
      generations.reveal(doubt)
    }
    defer { patience.cancel() }
    let change = await shared?.begin(tags)
    let ledger = CommitLedger()
    do {
      switch try await CommitLedger.$current.withValue(ledger, operation: body) {
      case .committed(let result, let position):
        await settle(doubt, change, changed: true, position: position ?? ledger.position, ledger)
        return result
      case .unchanged(let result):
        await settle(doubt, change, changed: false)
        return result
      }
    } catch {
      await settle(doubt, change, changed: true)
      throw error
    }
  }

  public func invalidate(_ tags: [CacheTag]) async {
    await invalidate(tags, position: await shared?.originPosition(options.readLimit))
  }

  /// ``invalidate(_:)`` of a change that was committed at a position of the write-ahead log. Tells whether the shared store
  /// knows of it now; if not, it is told when it is back.
  @discardableResult
  public func invalidate(_ tags: [CacheTag], position: UInt64?) async -> Bool {
    let ledger = CommitLedger()
    let doubt = generations.raiseDoubt(tags)
    // It has happened, so that it may have been seen.
    generations.reveal(doubt)
    await settle(doubt, shared?.prepare(tags), changed: true, position: position, ledger)
    return ledger.isTold
  }

  /// Takes note of a change that was made elsewhere and that the shared store may not know of, heard of by another way than
  /// through the store: what is cached under `tags` is stale at once, here and as long as the store has not been told.
  public func hear(_ tags: [CacheTag]) {
    shared?.suspect(tags)
    generations.bump(tags)
  }

  /// Takes note that anything may have changed: nothing that is in memory is served any more. The shared store is to be told
  /// owner by owner.
  public func hearOfEverything() { generations.bumpAll() }

  /// Whether the shared store is taken to answer; false where there is none.
  public var isSharedStoreUp: Bool { shared?.isUp ?? false }

  /// Ends a change, here when the shared store knows of it: a read between the two would find the old value there. Not
  /// interrupted when the caller is cancelled.
  private func settle(
    _ doubt: Doubt, _ change: SharedTier.Change?, changed: Bool, position: UInt64? = nil,
    _ ledger: CommitLedger? = nil
  ) async {
    if let shared, let change {
      await environment.start {
        guard changed else { return await shared.withdraw(change) }
        let isTold = await shared.commit(change, position: position)
        ledger?.settled(isTold: isTold)
      }.value
    } else {
      ledger?.settled(isTold: false)
    }
    if changed { counters.bumps.add(doubt.tags.count, ordering: .relaxed) }
    generations.settleDoubt(doubt, changed: changed)
  }

  public func incr(_ key: CacheKey, by amount: Int, timeToLive: Duration?) async -> Int? {
    if shared?.isUp == false { return nil }
    do throws(CacheStoreError) {
      return try await environment.within(options.writeLimit) { [store] in
        try await store.increment(key, by: amount, timeToLive: timeToLive)
      }
    } catch {
      return nil
    }
  }

  public func isConnected() async -> Bool {
    do throws(CacheStoreError) {
      return try await environment.within(options.readLimit) { [store] in
        await store.isConnected()
      }
    } catch {
      return false
    }
  }
}
