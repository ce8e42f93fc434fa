package import Caching
package import Kernel
import NIOCore

/// Sign-ins in a store of bytes, which instances may share: JSON under the digest.
package struct StoredSessions: SessionStorePort {
  private let store: any CacheStorePort

  /// Sessions in `store`.
  package init(store: any CacheStorePort) { self.store = store }

  package func insert(_ digest: Digest, _ session: Session, timeToLive: Duration) async throws {
    let bytes = try CacheCodec.encode(session)
    try await reaching { () async throws(CacheStoreError) in
      try await store.set(Self.key(digest), bytes, timeToLive: timeToLive)
    }
  }

  package func find(_ digest: Digest) async throws -> Session? { try await bytes(digest).flatMap(Self.session) }

  package func update(
    _ digest: Digest, timeToLive: Duration, _ change: @Sendable (inout Session) -> Void
  ) async throws -> Session? {
    while true {
      try Task.checkCancellation()
      guard let old = try await bytes(digest), var session = Self.session(old) else { return nil }
      change(&session)
      let new = try CacheCodec.encode(session)
      let isDone = try await reaching { () async throws(CacheStoreError) in
        try await store.compareAndSet(Self.key(digest), expected: old, new: new, timeToLive: timeToLive)
      }
      if isDone { return session }
    }
  }

  package func remove(_ digest: Digest) async throws -> Bool {
    try await reaching { () async throws(CacheStoreError) in try await store.delete(Self.key(digest)) }
  }

  private func bytes(_ digest: Digest) async throws -> ByteBuffer? {
    try await reaching { () async throws(CacheStoreError) in try await store.get(Self.key(digest)) }
  }

  /// What cannot be read is no session.
  private static func session(_ bytes: ByteBuffer) -> Session? { try? CacheCodec.decode(Session.self, from: bytes) }

  private static func key(_ digest: Digest) -> CacheKey {
    CacheKey("session", .platform, "session", [digest.description])
  }

  private func reaching<Value>(_ call: () async throws(CacheStoreError) -> Value) async throws -> Value {
    do { return try await call() } catch {
      throw DomainError(.unavailable, "Sign-ins are out of reach for the moment.")
    }
  }
}
