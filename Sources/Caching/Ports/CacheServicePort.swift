/// The cache as the domain sees it: typed values by key, one load per key, invalidation by change.
///
/// Guarantees of every implementation:
/// - It never fails a caller for its own sake: a cache that is out of reach is a miss. The only errors that come out
///   are the load's own and, for ``getOrSet(_:as:policy:load:)``, `CancellationError` for a cancelled caller.
/// - A load that began before a change of one of its key's tags leaves nothing behind that a later read could get.
/// - On the instance that made a change, no read that begins after ``change(_:_:)`` returns is given older data, and
///   no caller is given older data after newer.
public protocol CacheServicePort: Sendable {
  /// The entry of a key if this instance has it in memory and it is valid; nil also for one that is due for a refresh.
  /// Never suspends, never loads.
  func peek(_ key: CacheKey) -> CacheEntry?

  /// A way to look for a key in the shared store without a task; nil where there is none, or none with such a way.
  func glance(at key: CacheKey, policy: CachePolicy) -> CacheGlance?

  /// The value of a key, or nil when it is not cached or was stored as another type.
  func get<Value: Codable & Sendable>(_ key: CacheKey, as type: Value.Type) async -> Value?

  /// The values of `keys`, in their order; nil for those that ``get(_:as:)`` would not find.
  func mget<Value: Codable & Sendable>(_ keys: [CacheKey], as type: Value.Type) async -> [Value?]

  /// What is left of a value's time to live.
  func ttl(_ key: CacheKey) async -> RemainingTime

  /// Stores a value; throws `EncodingError` when it cannot be encoded.
  func set<Value: Codable & Sendable>(_ key: CacheKey, to value: Value, policy: CachePolicy) async throws

  /// Stores values; throws `EncodingError` for the first that cannot be encoded, those before it being stored.
  func mset<Value: Codable & Sendable>(_ values: [(key: CacheKey, value: Value)], policy: CachePolicy) async throws

  /// Gives a value another time to live, counted from now; nil keeps it until it is changed or evicted. Tells whether
  /// there was such a value.
  @discardableResult
  func expire(_ key: CacheKey, in timeToLive: Duration?) async -> Bool

  /// Removes keys, and keeps loads of them that are under way from being stored.
  func del(_ keys: [CacheKey]) async

  /// Removes every key that matches, and keeps loads of them that are under way from being stored. Looks at every key:
  /// for operators, not for the domain, which uses ``change(_:_:)``. Returns how many were removed.
  @discardableResult
  func flush(_ pattern: CachePattern) async -> Int

  /// The cached value, or the result of `load`, stored unless one of the key's tags changed meanwhile.
  ///
  /// Callers of one key share one load. A value near its end (``CachePolicy/refreshThreshold``) is returned at once and
  /// loaded anew in the background; one past its end is returned within ``CachePolicy/staleGrace`` when its load fails,
  /// but never after a change of one of its tags. A load that returns nil is remembered as an absence for the policy's negative
  /// time to live. What a load throws reaches every caller that waits for it, is not stored, and the next call loads
  /// again.
  func getOrSet<Value: Codable & Sendable>(
    _ key: CacheKey, as type: Value.Type, policy: CachePolicy,
    load: @escaping @Sendable () async throws -> Loaded<Value>?
  ) async throws -> Cached<Value>?

  /// The cached values, and for the missing keys the results of one `load`, which is given those that no other load
  /// is bringing already. A key that the load leaves out is remembered as absent and is not in the result. In all else
  /// as ``getOrSet(_:as:policy:load:)``; a load for several keys is not cancelled with its callers,
  /// and none is begun in the background for values near their end.
  func getOrSetMany<Value: Codable & Sendable>(
    _ keys: [CacheKey], as type: Value.Type, policy: CachePolicy,
    load: @escaping @Sendable ([CacheKey]) async throws -> [CacheKey: Loaded<Value>]
  ) async throws -> [CacheKey: Cached<Value>]

  /// Runs a change of what `tags` name. While it runs, nothing that is loaded under them is stored, and what is in memory is
  /// served for 50 ms at the most, and not after somebody was given what may show the change. When it has happened, everything
  /// cached under the tags is stale. An error thrown by `body` counts as a change that may have happened.
  func change<Result: Sendable>(
    _ tags: [CacheTag], _ body: @Sendable () async throws -> CacheChange<Result>
  ) async throws -> Result

  /// Makes everything stale that is cached under `tags`. O(1), whatever the number of keys.
  func invalidate(_ tags: [CacheTag]) async

  /// Adds to a counter that lives in the shared store, and returns the sum; nil when the store is out of reach.
  func incr(_ key: CacheKey, by amount: Int, timeToLive: Duration?) async -> Int?

  /// Whether the shared store answers.
  func isConnected() async -> Bool

  /// What the cache holds and has done since the start.
  func getStats() -> CacheStats
}

extension CacheServicePort {
  /// Removes one key.
  public func del(_ key: CacheKey) async { await del([key]) }

  /// ``getOrSet(_:as:policy:load:)`` that loads anew in the background below `refreshThreshold`.
  public func wrap<Value: Codable & Sendable>(
    _ key: CacheKey, as type: Value.Type, policy: CachePolicy, refreshThreshold: Duration,
    load: @escaping @Sendable () async throws -> Loaded<Value>?
  ) async throws -> Cached<Value>? {
    var policy = policy
    policy.refreshThreshold = refreshThreshold
    return try await getOrSet(key, as: type, policy: policy, load: load)
  }

  /// Removes what an operator names; see ``flush(_:)``.
  @discardableResult
  public func deletePattern(_ pattern: CachePattern) async -> Int { await flush(pattern) }

  /// Makes everything stale that is cached under some tags; see ``invalidate(_:)``.
  public func invalidateByTags(_ tags: [CacheTag]) async { await invalidate(tags) }

  /// Makes everything stale that an owner has in the cache.
  public func clear(_ scope: CacheScope) async { await invalidate([.all(scope)]) }

  /// Subtracts from a counter; see ``incr(_:by:timeToLive:)``.
  public func decr(_ key: CacheKey, by amount: Int, timeToLive: Duration?) async -> Int? {
    await incr(key, by: -amount, timeToLive: timeToLive)
  }
}

/// How a change ended that did not throw.
public enum CacheChange<Result: Sendable>: Sendable {
  /// It happened.
  ///
  /// `position` is the write-ahead log position of the commit, where the database tells: a replica that has not replayed
  /// it is not asked for what is loaded afterwards.
  case committed(Result, position: UInt64? = nil)
  /// Nothing was changed: refused, replayed or rolled back for certain.
  case unchanged(Result)
}
