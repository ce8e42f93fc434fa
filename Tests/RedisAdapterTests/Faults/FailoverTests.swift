import Caching
import Kernel
import NIOCore
import RedisAdapter
import RedisClient
import TestServers
import Testing

@Suite("A store whose master fails over", .timeLimit(.minutes(3)))
struct FailoverTests {
  let tenant = TenantID.fresh()

  var key: CacheKey { CacheKey("catalog", .tenant(tenant), "venues") }
  var tags: [CacheTag] { [.all(.tenant(tenant))] }

  @Test("A bump that was lost with the master brings nothing stale back: the new master has no generations of before")
  func lostBump() async throws {
    let group = try await SentinelGroup()
    let endpoints = group.sentinels.map { RedisEndpoint(host: "127.0.0.1", port: $0.port) }
    let client = RedisClient(
      silent: RedisConfiguration(.sentinel(RedisSentinels(endpoints, masterName: group.name))))
    defer { client.shutdown() }
    let store = RedisCacheStore(client: client)
    let old = try await eventually { try await store.mint(tags) }
    let guards = zip(tags, old).map { FenceGuard($0, nonce: $1.nonce) }
    #expect(try await store.store(StoredValue(key, ByteBuffer(string: "old")), under: guards))
    let stored = key.stored(prefix: "tenantry", braces: true)
    try await settle("the value is replicated") { try await group.servers[1].cli("GET", stored) == "old" }

    group.servers[1].freeze()
    _ = try await store.bump(tags, by: 1, position: nil)
    group.servers[0].kill()
    group.servers[1].thaw()
    let reading = try await eventually(within: .seconds(60)) { try await store.read([key], tags) }
    #expect(reading.values == [ByteBuffer(string: "old")], "the value of before was to come through")
    #expect(reading.generations == [nil])
    let anew = try await eventually(within: .seconds(60)) { try await store.mint(tags) }
    #expect(anew[0].nonce != old[0].nonce)
    #expect(try await store.read([], tags).generations == anew)
    #expect(try await !store.store(StoredValue(key, ByteBuffer(string: "old")), under: guards))
  }

  @Test("In a cluster the store goes on with the replica of a master that died, without the generations of before")
  func cluster() async throws {
    let cluster = try await RedisCluster(replicasPerMaster: 1)
    let endpoints = cluster.servers.map { RedisEndpoint(host: "127.0.0.1", port: $0.port) }
    let client = RedisClient(silent: RedisConfiguration(.cluster(endpoints)))
    defer { client.shutdown() }
    let store = RedisCacheStore(client: client)
    let old = try await eventually { try await store.mint(tags) }
    let stored = key.stored(prefix: "tenantry", braces: true)
    let slot = try #require(Int(try await cluster.servers[0].cli("CLUSTER", "KEYSLOT", stored)))
    let master = try #require(try await cluster.owner(ofSlot: slot))
    let generation = tags[0].key("generation").stored(prefix: "tenantry", braces: true)
    try await settle("the generation is replicated") {
      var holders = 0
      for server in cluster.servers where try await server.cli("INFO", "keyspace").contains("keys=") {
        let answer = try await server.cli("KEYS", generation)
        if answer == generation { holders += 1 }
      }
      return holders == 2
    }
    master.kill()
    let reading = try await eventually(within: .seconds(60)) { try await store.read([], tags) }
    #expect(reading.generations == [nil])
    let anew = try await eventually(within: .seconds(60)) { try await store.mint(tags) }
    #expect(anew[0].nonce != old[0].nonce)
    #expect(try await store.read([], tags).generations == anew)
  }
}
