package import Caching
package import Kernel
import NIOCore

/// A store under test, with what a check needs to use it without meeting other checks.
package struct CacheStoreSubject: Sendable {
  package let store: any CacheStorePort
  /// A tenant whose data only this check uses. So is its neighbour, whose identifier differs in the last bit.
  package let tenant: TenantID
  /// Lets time pass for the store: moves its clock, or waits.
  package let pass: @Sendable (Duration) async throws -> Void

  /// A store under test; `tenant` must be a new one for every check.
  package init(
    _ store: any CacheStorePort, tenant: TenantID, pass: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.store = store
    self.tenant = tenant
    self.pass = pass
  }
}

extension CacheStoreSubject {
  var scope: CacheScope { .tenant(tenant) }

  var neighbour: CacheScope { .tenant(TenantID(UniqueID(high: tenant.raw.high, low: tenant.raw.low ^ 1))) }

  func key(_ name: String, _ parts: String...) -> CacheKey { CacheKey("contract", scope, name, parts) }

  /// A channel that only this check uses.
  func channel(_ name: String) -> String { "\(tenant)/\(name)" }

  /// The value of a key as text.
  func text(_ key: CacheKey) async throws -> String? { try await store.get(key).map { String(buffer: $0) } }

  /// Stores a text.
  func set(_ key: CacheKey, _ text: String, timeToLive: Duration? = nil) async throws {
    try await store.set(key, ByteBuffer(string: text), timeToLive: timeToLive)
  }
}
