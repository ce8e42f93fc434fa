import Kernel
import RedisAdapter
import RedisClient
import TestServers
import Testing

@testable import Caching

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

  @Test("While one tenant's slot is half on its way, the others' values are shared, and then its own are as well")
  func halfMoved() async throws {
    let cluster = try await RedisCluster(replicasPerMaster: 0)
    let endpoints = cluster.servers.map { RedisEndpoint(host: "127.0.0.1", port: $0.port) }
    let client = RedisClient(silent: RedisConfiguration(.cluster(endpoints)))
    defer { client.shutdown() }
    let service = FaultedService.service(client)
    func key(_ scope: CacheScope, _ name: String) -> CacheKey { CacheKey("fault", scope, name, tags: ["fault"]) }
    func read(_ key: CacheKey) async throws {
      // Without memory, so that the store is asked each time.
      service.local.remove(key)
      _ = try await service.getOrSet(key, as: Int.self, policy: .forever) { Loaded(1) }
    }
    let (moving, other) = (CacheScope.tenant(.fresh()), CacheScope.tenant(.fresh()))
    let stored = key(moving, "0").stored(prefix: "tenantry", braces: true)
    let slot = try #require(Int(try await cluster.servers[0].cli("CLUSTER", "KEYSLOT", stored)))
    try await settle("the cluster is there") { await service.isConnected() }
    try await read(key(moving, "0"))
    try await read(key(other, "0"))

    let source = try #require(try await cluster.owner(ofSlot: slot))
    let target = try #require(cluster.servers.first { $0.port != source.port })
    try await target.cli("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", try await source.cli("CLUSTER", "MYID"))
    try await source.cli("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", try await target.cli("CLUSTER", "MYID"))
    for number in 1...4 {
      try await read(key(moving, "\(number)"))
      let before = service.getStats()
      try await read(key(other, "0"))
      #expect(service.getStats().shared?.hits == (before.shared?.hits ?? 0) + 1 && service.isSharedStoreUp)
    }
    try await cluster.move(slot, from: source, to: target)
    try await settle("the tenant's values are shared again") {
      let hits = service.getStats().shared?.hits ?? 0
      try await read(key(moving, "9"))
      try await read(key(moving, "9"))
      return (service.getStats().shared?.hits ?? 0) > hits
    }
  }
}
