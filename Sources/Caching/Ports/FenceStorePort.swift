public import NIOCore

/// A shared store that keeps the generations of tags beside the values they guard.
///
/// Guarantees of every implementation, besides those of ``CacheStorePort``:
/// - All keys and tags of one call have one owner, and the call takes effect at one moment.
/// - A generation is ⟨store epoch, nonce, position⟩. The epoch tells one run of the store from another (for Redis the
///   run id of the master that made it): after a restart from a snapshot, a fail-over or a restore every generation of
///   before is missing, so nothing that was rolled back can pass for current.
/// - A generation may go missing at any time (evicted, expired). Nothing guarded by it is valid from then on, since the
///   one made in its place has another nonce.
/// - Doubt has a lease, counted by the store's clock, and belongs to the change that raised it.
public protocol FenceStorePort: CacheStorePort {
  /// The values of `keys` and the generations of `tags`, in their orders, in one round trip; nil for what is missing.
  func read(_ keys: [CacheKey], _ tags: [CacheTag]) async throws(CacheStoreError) -> FencedReading

  /// This store with a limit for each call of this protocol, for those that compare or add and for the deletion of keys:
  /// they fail with ``CacheStoreError/timedOut`` or ``CacheStoreError/unavailable`` soon after it by themselves, and heed
  /// cancellation. nil where the store does not keep the time, so that callers must.
  func limited(to limit: Duration) -> (any FenceStorePort)?

  /// A read of one key and its tags that will be made again and again; nil from a store that has no way for it.
  func repeatedRead(_ key: CacheKey, _ tags: [CacheTag]) -> RepeatedRead?

  /// The generations of `tags`: those that are missing are made, and those whose doubt has outlived its lease are made anew,
  /// with no position, since the change may have happened.
  /// - Parameter position: of those that are missing: one that was read after they were found to be, so that every change
  ///   which a lost generation told of lies before it. nil when nobody knows.
  func mint(_ tags: [CacheTag], position: UInt64?) async throws(CacheStoreError) -> [Generation]

  /// Marks `tags`: a change may happen from now on. The mark goes with ``bump(_:by:position:)`` or
  /// ``withdraw(_:by:)`` of the same change, or counts as a change when the lease is over.
  func doubt(_ tags: [CacheTag], by change: UInt64, lease: Duration) async throws(CacheStoreError)

  /// The change has happened, or may have: makes the generations anew and takes back the mark of the change.
  /// - Parameter position: where it was committed; the larger one is kept. nil makes the position unknown.
  func bump(_ tags: [CacheTag], by change: UInt64, position: UInt64?) async throws(CacheStoreError) -> [Generation]

  /// The change has not happened: takes back its mark and leaves the generations as they are.
  func withdraw(_ tags: [CacheTag], by change: UInt64) async throws(CacheStoreError)

  /// Stores a value only while its tags have these generations and none is in doubt; tells whether it did.
  func store(_ value: StoredValue, under guards: [FenceGuard]) async throws(CacheStoreError) -> Bool

  /// What is written to or deleted from some namespaces from now on, by whomever, this process included; nil where the
  /// store does not tell. The stream ends with the store, or when its reader falls too far behind.
  func deletions(in namespaces: [String]) async throws(CacheStoreError) -> AsyncStream<CacheDeletion>?
}

extension FenceStorePort {
  /// Callers must keep the time.
  public func limited(to limit: Duration) -> (any FenceStorePort)? { nil }

  /// The store does not tell.
  public func deletions(in namespaces: [String]) async throws(CacheStoreError) -> AsyncStream<CacheDeletion>? { nil }
}

extension FenceStorePort {
  /// ``mint(_:position:)`` where nobody knows a position.
  public func mint(_ tags: [CacheTag]) async throws(CacheStoreError) -> [Generation] {
    try await mint(tags, position: nil)
  }
}

/// What ``FenceStorePort/read(_:_:)`` found.
public struct FencedReading: Sendable {
  public let values: [ByteBuffer?]
  public let generations: [Generation?]

  /// Values and generations in the order in which they were asked for.
  public init(values: [ByteBuffer?], generations: [Generation?]) {
    self.values = values
    self.generations = generations
  }
}

/// The generation that a tag must have.
public struct FenceGuard: Hashable, Sendable {
  public let tag: CacheTag
  public let nonce: UInt64

  /// A tag and the nonce of its generation.
  public init(_ tag: CacheTag, nonce: UInt64) {
    self.tag = tag
    self.nonce = nonce
  }
}
