import Kernel
package import TenancyDomain

/// What every ``AuditLogPort`` keeps. The log may hold other entries besides.
package enum AuditLogContract {
  /// All rules.
  package static var rules: [ContractRule<any AuditLogPort>] {
    [
      ContractRule("A tenant's entries are read as they were written, the newest first, and no other tenant's") { log in
        let (tenant, other) = (Fixtures.tenantID(), Fixtures.tenantID())
        let entries = (0..<4).map { entry(tenant, at: $0) }
        for entry in entries { try await log.add(entry) }
        try await log.add(entry(other, at: 9))
        try requireEqual(try await log.newest(tenant, limit: 10), entries.reversed(), "the entries")
        try requireEqual(try await log.newest(tenant, limit: 2), [entries[3], entries[2]], "the newest two")
      },
      ContractRule("What concerns no tenant stands among the entries of all") { log in
        // Later than any other test's.
        let own = entry(nil, at: 1_000_000)
        try await log.add(own)
        let newest = try await log.newest(nil, limit: 100)
        try require(newest.contains(own), "the entry is missing")
      },
    ]
  }

  private static func entry(_ tenant: TenantID?, at seconds: Int) -> AuditEntry {
    AuditEntry(
      id: Fixtures.tenantID().raw, tenant: tenant, at: Fixtures.time(plus: seconds), actor: "ada",
      action: "cache.invalidate", subject: seconds.isMultiple(of: 2) ? "packages" : nil,
      detail: ["tags": "a, \"b\" and 'c'"], requestID: seconds.isMultiple(of: 3) ? "r-1" : nil)
  }
}
