import Kernel
import Synchronization
import TenancyDomain

/// What the in-memory repositories keep: in this process, and no longer than it.
///
/// Tenants and keys stand behind one lock, the data of each tenant behind one of its own. A call of a repository takes
/// the lock it needs once, so it is a transaction, serial with all others on the same data. Nothing is rolled back: a
/// body checks all it has to before it changes anything.
package final class InMemoryDatabase: Sendable {
  private let directory = Mutex(TenantDirectoryTables())
  private let stores = Mutex<[TenantID: TenantStore]>([:])

  /// An empty database.
  package init() {}

  /// Runs `body` on the tenants and keys.
  func withDirectory<Result: Sendable, Failure: Error>(
    _ body: (inout TenantDirectoryTables) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try directory.withLock { (tables) throws(Failure) in try body(&tables) }
  }

  /// Reads a tenant's data; a tenant that has none yet is empty. What costs time is better done on a copy that `body`
  /// returns: copies are made on write.
  func read<Result: Sendable, Failure: Error>(
    _ tenant: TenantID, _ body: (TenantTables) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let store = stores.withLock({ $0[tenant] }) else { return try body(TenantTables()) }
    return try store.tables.withLock { (tables) throws(Failure) in try body(tables) }
  }

  /// Changes a tenant's data.
  func write<Result: Sendable, Failure: Error>(
    _ tenant: TenantID, _ body: (inout TenantTables) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let store = stores.withLock { stores in
      if let store = stores[tenant] { return store }
      let store = TenantStore()
      stores[tenant] = store
      return store
    }
    return try store.tables.withLock { (tables) throws(Failure) in try body(&tables) }
  }

  /// Everyone who has data, whether or not they were ever inserted as tenants.
  func tenantsWithData() -> [TenantID] { stores.withLock { Array($0.keys) } }

  /// Drops all a tenant has.
  func forget(_ tenant: TenantID) { stores.withLock { $0[tenant] = nil } }
}

/// One tenant's data and its lock.
private final class TenantStore: Sendable {
  let tables = Mutex(TenantTables())
}

/// Everything a tenant has.
struct TenantTables: Sendable {
  var catalog = CatalogTables()
  var blackouts = BlackoutTable()
  var bookings = BookingTables()
}
