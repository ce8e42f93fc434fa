/// Who shares a store with whom: each instance says from time to time that it is there.
///
/// Guarantees of every implementation:
/// - An instance counts from its announcement until `freshness` after the last one, by the store's clock.
/// - Each call takes effect at one moment, in one round trip.
/// - Failures are thrown as ``CacheStoreError``; a call that throws ``CacheStoreError/timedOut`` may have counted.
public protocol InstanceRosterPort: Sendable {
  /// Says that an instance is there, and tells how many are.
  /// - Parameter freshness: how long ago the others may have been heard of; at most a minute.
  func announce(_ instance: String, freshness: Duration) async throws(CacheStoreError) -> InstanceRoster
}

/// What ``InstanceRosterPort/announce(_:freshness:)`` found.
public struct InstanceRoster: Hashable, Sendable {
  /// How many instances are there, the caller among them.
  public let instances: Int
  /// Whether the store had heard of the caller within the last two minutes. If it had and says no, it has lost what it
  /// held.
  public let wasKnown: Bool

  /// What was found.
  public init(instances: Int, wasKnown: Bool) {
    self.instances = instances
    self.wasKnown = wasKnown
  }
}
