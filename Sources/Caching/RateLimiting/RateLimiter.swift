public import Kernel
import Synchronization

/// Limits requests by client, by tenant and in all, in sliding windows of a minute held by this process.
///
/// Never suspends. A request that is refused counts against no window. Clients that have been quiet for a minute are
/// forgotten; at most ``capacity`` are remembered, and past that the quietest go first.
public final class RateLimiter: Sendable {
  /// Who makes a request.
  public struct Client: Hashable, Sendable {
    let tenant: TenantID
    let name: String

    /// - Parameter name: what tells the client from the tenant's others: its secret key's digest, or its address.
    public init(tenant: TenantID, name: String) {
      self.tenant = tenant
      self.name = name
    }
  }

  private enum Subject: Hashable {
    case client(Client)
    case tenant(TenantID)
    case all
  }

  private final class Shard: Sendable {
    let windows = Mutex<[Subject: SlidingWindow]>([:])
  }

  /// Most subjects remembered.
  public static let capacity = 131_072
  private static let shardCount = 16
  private static let shardCapacity = capacity / shardCount

  private let client: RateLimit
  private let tenant: RateLimit
  private let all: RateLimit
  private let shards = (0..<shardCount).map { _ in Shard() }
  private let ticker: any Ticker

  /// The value of the `RateLimit-Policy` header field.
  public let policyField: String

  /// A limiter; a quota of 0 means no such limit.
  public init(clientQuota: Int, tenantQuota: Int, globalQuota: Int, ticker: any Ticker = SystemClock()) {
    client = RateLimit(name: "client", quota: clientQuota)
    tenant = RateLimit(name: "tenant", quota: tenantQuota)
    all = RateLimit(name: "global", quota: globalQuota)
    self.ticker = ticker
    policyField = [client, tenant, all].filter { $0.quota > 0 }
      .map { "\"\($0.name)\";q=\($0.quota);w=\(RateLimit.window)" }.joined(separator: ", ")
  }

  /// Takes one request from each window, or from none when one of them is full. Nil when nothing is limited.
  public func take(_ client: Client) -> RateLimitDecision? {
    let now = ticker.nanoseconds()
    let first = take(self.client, .client(client), at: now)
    if let first, !first.isAllowed { return first }
    let second = take(tenant, .tenant(client.tenant), at: now)
    if let second, !second.isAllowed {
      giveBack(self.client, .client(client))
      return second
    }
    let third = take(all, .all, at: now)
    if let third, !third.isAllowed {
      giveBack(self.client, .client(client))
      giveBack(tenant, .tenant(client.tenant))
      return third
    }
    return Self.nearest(Self.nearest(first, second), third)
  }

  private static func nearest(_ left: RateLimitDecision?, _ right: RateLimitDecision?) -> RateLimitDecision? {
    guard let left, let right else { return left ?? right }
    return right.remaining < left.remaining ? right : left
  }

  /// How many subjects are remembered now.
  var remembered: Int { shards.reduce(0) { $0 + $1.windows.withLock(\.count) } }

  private func take(_ limit: RateLimit, _ subject: Subject, at now: UInt64) -> RateLimitDecision? {
    guard limit.quota > 0 else { return nil }
    return shard(subject).windows.withLock { windows in
      if windows.count >= Self.shardCapacity, windows[subject] == nil { Self.makeRoom(&windows, at: now) }
      let taken = windows[subject, default: SlidingWindow(at: now)].take(quota: limit.quota, at: now)
      return RateLimitDecision(
        isAllowed: taken.remaining != nil, limit: limit, remaining: taken.remaining ?? 0,
        secondsToNext: taken.secondsToNext)
    }
  }

  private func giveBack(_ limit: RateLimit, _ subject: Subject) {
    guard limit.quota > 0 else { return }
    shard(subject).windows.withLock { $0[subject]?.giveBack() }
  }

  private static func makeRoom(_ windows: inout [Subject: SlidingWindow], at now: UInt64) {
    let second = now / 1_000_000_000
    windows = windows.filter { $0.value.second + UInt64(RateLimit.window) >= second }
    guard windows.count >= shardCapacity else { return }
    let quietest = windows.sorted { $0.value.second < $1.value.second }.prefix(shardCapacity / 4)
    for (subject, _) in quietest { windows[subject] = nil }
  }

  private func shard(_ subject: Subject) -> Shard {
    var hasher = Hasher()
    hasher.combine(subject)
    return shards[hasher.finalize() & (Self.shardCount - 1)]
  }
}
