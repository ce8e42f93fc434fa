import Caching
import Kernel
import RedisAdapter
import RedisClient
import TestServers
import Testing

@Suite("Callers of the cache while the servers' arrangement changes", .serialized, .timeLimit(.minutes(4)))
struct TopologyFaultTests {
  @Test("The master behind sentinels dies, and one sentinel is stopped: back within five seconds")
  func sentinel() async throws {
    let group = try await SentinelGroup()
    group.sentinels[0].freeze()
    defer { group.sentinels[0].thaw() }
    let endpoints = group.sentinels.map { RedisEndpoint(host: "127.0.0.1", port: $0.port) }
    let service = FaultedService(RedisConfiguration(.sentinel(RedisSentinels(endpoints, masterName: group.name))))
    try await service.endure("Sentinel fail-over, one sentinel stopped (from the master's death)") {
      group.servers[0].kill()
      return .now
    }
  }

  @Test("Slots move under load, and a master of the cluster dies")
  func cluster() async throws {
    let cluster = try await RedisCluster(replicasPerMaster: 1)
    let endpoints = cluster.servers.map { RedisEndpoint(host: "127.0.0.1", port: $0.port) }
    let service = FaultedService(RedisConfiguration(.cluster(endpoints)))
    let key = CacheKey("fault", service.scope, "0").stored(prefix: "tenantry", braces: true)
    let slot = try #require(Int(try await cluster.servers[0].cli("CLUSTER", "KEYSLOT", key)))
    try await service.endure("slots moved three times, then their master killed (from its death)") {
      for _ in 0..<3 {
        let source = try #require(try await cluster.owner(ofSlot: slot))
        let target = try #require(cluster.servers[..<3].first { $0.port != source.port })
        try await cluster.move(slot, from: source, to: target)
        try await Task.sleep(for: .milliseconds(500))
      }
      try #require(try await cluster.owner(ofSlot: slot)).kill()
      return .now
    }
  }
}
