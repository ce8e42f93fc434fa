import Caching

/// What every adapter of ``CacheStorePort`` keeps.
package enum CacheStoreContract {
  typealias Rule = ContractRule<CacheStoreSubject>

  /// All rules. Each wants a subject with a new tenant.
  package static var rules: [ContractRule<CacheStoreSubject>] {
    values + lifetimes + counters + comparisons + races + patterns + scans + isolation + messages + subscriptions
  }
}
