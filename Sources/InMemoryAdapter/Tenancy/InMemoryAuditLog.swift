package import Kernel
import Synchronization
package import TenancyDomain

/// The audit log in memory: the newest entries, as many as there is room for.
package final class InMemoryAuditLog: AuditLogPort {
  private let entries = Mutex<[AuditEntry]>([])
  private let capacity: Int

  /// An empty log.
  package init(capacity: Int = 10_000) { self.capacity = capacity }

  package func add(_ entry: AuditEntry) async throws {
    entries.withLock { entries in
      entries.append(entry)
      if entries.count > capacity { entries.removeFirst(entries.count - capacity) }
    }
  }

  package func newest(_ tenant: TenantID?, limit: Int) async throws -> [AuditEntry] {
    let found = entries.withLock { entries in tenant.map { tenant in entries.filter { $0.tenant == tenant } } ?? entries
    }
    return Array(found.sorted { ($1.at, $0.id) < ($0.at, $1.id) }.prefix(max(0, limit)))
  }
}
