import Kernel
import Synchronization

/// The accounts that are remembered: bounded, and those quiet the longest go first.
final class RateLimitAccounts: Sendable {
  /// Whom a limit is for.
  enum Subject: Hashable {
    case client(RateLimiter.Client)
    case tenant(TenantID)
    case all
  }

  private final class Shard: Sendable {
    let accounts = Mutex<[Subject: RateLimitAccount]>([:])
  }

  private static let shardCount = 16
  private static let shardCapacity = RateLimiter.capacity / shardCount

  private let shards = (0..<shardCount).map { _ in Shard() }

  /// How many are remembered now.
  var count: Int { shards.reduce(0) { $0 + $1.accounts.withLock(\.count) } }

  /// Those that were used within the last minute.
  func recent(at now: UInt64) -> [RateLimitAccount] {
    let second = now / 1_000_000_000
    return shards.flatMap { shard in
      shard.accounts.withLock { accounts in
        accounts.values.filter { $0.lastUse + UInt64(RateLimit.window) >= second }
      }
    }
  }

  /// The account of a subject, made when there is none.
  func account(_ subject: Subject, _ limit: RateLimit, memory: Int, at now: UInt64) -> RateLimitAccount {
    shard(subject).accounts.withLock { accounts in
      if let account = accounts[subject] { return account }
      if accounts.count >= Self.shardCapacity { Self.makeRoom(&accounts, at: now) }
      let account = RateLimitAccount(limit, key: subject.key, memory: memory, at: now)
      accounts[subject] = account
      return account
    }
  }

  private static func makeRoom(_ accounts: inout [Subject: RateLimitAccount], at now: UInt64) {
    let second = now / 1_000_000_000
    accounts = accounts.filter { $0.value.lastUse + UInt64(RateLimit.window) >= second }
    guard accounts.count >= shardCapacity else { return }
    let uses = accounts.map { (subject: $0.key, second: $0.value.lastUse) }.sorted { $0.second < $1.second }
    for (subject, _) in uses.prefix(shardCapacity / 4) { accounts[subject] = nil }
  }

  private func shard(_ subject: Subject) -> Shard {
    var hasher = Hasher()
    hasher.combine(subject)
    return shards[hasher.finalize() & (Self.shardCount - 1)]
  }
}

extension RateLimitAccounts.Subject {
  /// What the shared store counts it under.
  fileprivate var key: CacheKey {
    switch self {
    case .client(let client): CacheKey("requests", .tenant(client.tenant), "client", [client.name])
    case .tenant(let tenant): CacheKey("requests", .tenant(tenant), "all")
    case .all: CacheKey("requests", .platform, "all")
    }
  }
}
