/// What a cache holds and has done since the start.
public struct CacheStats: Sendable, Equatable {
  /// Reads answered from memory or from the shared store.
  public var hits: Int
  /// Reads that needed a load.
  public var misses: Int
  public var keys: Int
  public var bytes: Int
  public var evictions: Int
  /// Loads begun.
  public var loads: Int
  /// Callers that joined another's load.
  public var coalesced: Int

  /// Entries that left the memory because their time was over.
  public var expirations = 0
  /// Reads given a value past its time because its load failed or was slow.
  public var staleServes = 0
  /// Loads begun in the background for values near their end.
  public var refreshes = 0
  /// Tags that changes on this instance made stale.
  public var bumps = 0
  /// Bytes that were compressed, and what they became.
  public var gzipInput = 0
  public var gzipOutput = 0
  /// Reads of the tier in memory by namespace.
  public var namespaces: [Namespace] = []
  /// The tenants whose entries in memory were read most, the most read first; at most ``topTenants``.
  public var tenants: [Tenant] = []
  /// What went on with the shared store; nil where there is none.
  public var shared: Shared?

  /// How many tenants are listed.
  public static let topTenants = 10

  /// Reads of the tier in memory under one namespace.
  public struct Namespace: Sendable, Equatable {
    public let name: String
    public var hits: Int
    public var misses: Int
  }

  /// What one tenant has in memory.
  public struct Tenant: Sendable, Equatable {
    /// The tenant's identifier.
    public let tenant: String
    public var usage: OwnerUsage
  }

  /// What went on with the tier that instances share.
  public struct Shared: Sendable, Equatable {
    public var isUp: Bool
    public var hits: Int
    public var misses: Int
    /// Calls that failed or took too long.
    public var failures: Int
    /// Loaded values that were not stored, since one of their tags had changed.
    public var refusals: Int
    /// Pauses in which another instance's load was waited for.
    public var lockWaits: Int
    /// Gaps noticed in the messages of other instances.
    public var gaps: Int
    /// Tags the store has not been told of yet.
    public var owed: Int
    /// Stored values that could not be used, by what was wrong with them.
    public var flaws: [String: Int]
  }

  /// Reads that were answered one way or the other.
  public var totalRequests: Int { hits + misses }

  /// Hits in percent of all requests with two decimals, for example `92.85%`.
  public var hitRate: String {
    let hundredths = totalRequests == 0 ? 0 : (hits * 10_000 + totalRequests / 2) / totalRequests
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)%"
  }
}
