/// What a cache holds and has done since the start.
public struct CacheStats: Sendable, Equatable {
  public var hits: Int
  public var misses: Int
  public var keys: Int
  public var bytes: Int
  public var evictions: Int
  /// Loads begun.
  public var loads: Int
  /// Callers that joined another's load.
  public var coalesced: Int

  /// Reads given a value past its time because its load failed.
  public var staleServes = 0
  /// Loads begun in the background for values near their end.
  public var refreshes = 0

  /// Reads that were answered one way or the other.
  public var totalRequests: Int { hits + misses }

  /// Hits in percent of all requests with two decimals, for example `92.85%`.
  public var hitRate: String {
    let hundredths = totalRequests == 0 ? 0 : (hits * 10_000 + totalRequests / 2) / totalRequests
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)%"
  }
}
