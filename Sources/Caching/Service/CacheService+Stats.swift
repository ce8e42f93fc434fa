import Synchronization

extension CacheService {
  public func getStats() -> CacheStats {
    let table = local.statistics
    let shared = shared.map { shared in
      CacheStats.Shared(
        isUp: shared.isUp, hits: shared.counters.hits.load(ordering: .relaxed),
        misses: shared.counters.misses.load(ordering: .relaxed),
        failures: shared.counters.failures.load(ordering: .relaxed),
        refusals: shared.counters.refusals.load(ordering: .relaxed),
        lockWaits: shared.counters.lockWaits.load(ordering: .relaxed),
        gaps: backplane?.gaps.load(ordering: .relaxed) ?? 0,
        owed: shared.state.withLock(\.suspects.count), flaws: shared.counters.flawCounts)
    }
    // A miss in memory that the shared store answers is a hit of the cache.
    let sharedHits = min(shared?.hits ?? 0, table.misses)
    return CacheStats(
      hits: table.hits + sharedHits, misses: table.misses - sharedHits, keys: table.entries, bytes: table.bytes,
      evictions: table.evictions, loads: counters.loads.load(ordering: .relaxed),
      coalesced: flights.coalesced.load(ordering: .relaxed) + doubtLoads.coalesced.load(ordering: .relaxed),
      expirations: table.expirations,
      staleServes: counters.staleServes.load(ordering: .relaxed),
      refreshes: counters.refreshes.load(ordering: .relaxed),
      bumps: counters.bumps.load(ordering: .relaxed), gzipInput: counters.gzipInput.load(ordering: .relaxed),
      gzipOutput: counters.gzipOutput.load(ordering: .relaxed),
      namespaces: table.namespaces.lines.map { .init(name: $0.name, hits: $0.hits, misses: $0.misses) },
      tenants: topTenants, shared: shared)
  }

  private var topTenants: [CacheStats.Tenant] {
    local.usage.filter { $0.key != .platform }
      .map { CacheStats.Tenant(tenant: $0.key.text, usage: $0.value) }
      .sorted { ($0.usage.hits, $0.tenant) > ($1.usage.hits, $1.tenant) }
      .prefix(CacheStats.topTenants).map(\.self)
  }
}
