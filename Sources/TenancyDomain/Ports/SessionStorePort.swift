package import Kernel

/// Where sign-ins are kept for a while, by the digest of their secret.
///
/// A session is there until its time to live has passed since it was written last, or it is removed. Calls take effect at
/// one moment. A store that is out of reach throws `unavailable`: a sign-in is never believed or dropped for want of it.
package protocol SessionStorePort: Sendable {
  /// Keeps a session.
  func insert(_ digest: Digest, _ session: Session, timeToLive: Duration) async throws

  /// The session; nil when there is none, or no longer.
  func find(_ digest: Digest) async throws -> Session?

  /// Changes a session as it is at that moment, and lets it live for `timeToLive` from then on. Nil when there is none:
  /// one that has been removed does not come back.
  func update(
    _ digest: Digest, timeToLive: Duration, _ change: @Sendable (inout Session) -> Void
  ) async throws -> Session?

  /// Removes a session; tells whether it was there.
  func remove(_ digest: Digest) async throws -> Bool
}
