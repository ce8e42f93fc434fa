import Caching

/// What every implementation of ``CacheServicePort`` keeps.
package enum CacheServiceContract {
  typealias Rule = ContractRule<CacheServiceSubject>

  /// All rules. Each wants a new cache and a new tenant.
  package static var rules: [ContractRule<CacheServiceSubject>] {
    entries + loads + lifetimes + flights + cancellations + removals + changes + changesDuringLoads + tags + histories
      + forms + counters + resilience + batches + policies
  }
}
