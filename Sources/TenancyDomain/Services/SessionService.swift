package import Kernel

/// Sign-ins: who has an identifier has the session. It ends a day after it was last used.
///
/// Identifiers are 256 random bits, shown once; what is stored is their digest, so that who can read the store cannot
/// sign in.
package struct SessionService: Sendable {
  /// How long a session lives after its last use.
  package static let lifetime = Duration.seconds(86_400)

  private let store: any SessionStorePort
  private let clock: any WallClock
  private let newID: IDGenerator

  /// Sessions in a store.
  /// - Parameter newID: draws from a source that nobody can guess.
  package init(store: any SessionStorePort, clock: any WallClock, newID: IDGenerator) {
    self.store = store
    self.clock = clock
    self.newID = newID
  }

  /// Begins a session; returns its identifier, which is nowhere else.
  package func create(_ subject: String, data: [String: String] = [:]) async throws -> String {
    let (id, now) = (newID.secret(), clock.now())
    let session = Session(subject: subject, createdAt: now, lastSeenAt: now, data: data)
    try await store.insert(Digest(of: id), session, timeToLive: Self.lifetime)
    return id
  }

  /// The session of an identifier; nil when there is none.
  package func get(_ id: String) async throws -> Session? { try await store.find(Digest(of: id)) }

  /// Notes that a session is used, and lets it live for a day from now; nil when there is none.
  package func touch(_ id: String) async throws -> Session? {
    let now = clock.now()
    return try await store.update(Digest(of: id), timeToLive: Self.lifetime) { session in
      session.lastSeenAt = max(session.lastSeenAt, now)
    }
  }

  /// Ends a session; tells whether there was one.
  @discardableResult
  package func invalidate(_ id: String) async throws -> Bool { try await store.remove(Digest(of: id)) }
}
