import Caching
import Kernel
import NIOCore
import RedisAdapter
import RedisClient
import TestServers
import Testing

@Suite("Fences in Redis", .timeLimit(.minutes(2)))
struct FenceTests {
  let tenant = TenantID.fresh()

  var tags: [CacheTag] { [.all(.tenant(tenant)), .named("venue", .tenant(tenant))] }
  var key: CacheKey { CacheKey("catalog", .tenant(tenant), "venues") }
  var generationKey: String { "tenantry:generation:{\(tenant)}:all" }

  @Test("A hit costs one MGET and no script")
  func roundTrips() async throws {
    try await withStore { server, store in
      let minted = try await store.mint(tags)
      #expect(try await put(store, minted))
      try await server.cli("CONFIG", "RESETSTAT")
      let reading = try await store.read([key], tags)
      #expect(reading.values == [ByteBuffer(string: "x")] && reading.generations == minted)
      let statistics = try await server.cli("INFO", "commandstats")
      #expect(statistics.contains("cmdstat_mget:calls=1,"))
      #expect(!statistics.contains("cmdstat_eval"))
    }
  }

  @Test("An evicted generation takes its marks with it, and what it guarded is stale")
  func eviction() async throws {
    try await withStore { server, store in
      let minted = try await store.mint(tags)
      #expect(try await put(store, minted))
      try await store.doubt(tags, by: 1, lease: .seconds(100))
      try await server.cli("DEL", generationKey)
      #expect(try await store.read([], tags).generations.map { $0 == nil } == [true, false])
      #expect(try await !put(store, minted))
      let anew = try await store.mint(tags)
      #expect(anew[0].nonce != minted[0].nonce && !anew[0].isInDoubt)
      #expect(anew[1].nonce == minted[1].nonce && anew[1].isInDoubt)
      try await store.withdraw(tags, by: 1)
      #expect(try await put(store, anew))
    }
  }

  @Test("After a restart from an old snapshot the generations of before are missing")
  func oldSnapshot() async throws {
    try await withStore { server, store in
      let old = try await store.mint(tags)
      #expect(try await put(store, old))
      try await server.cli("SAVE")
      _ = try await store.bump(tags, by: 1, position: 9)
      server.kill()
      try await server.restart()
      #expect(try await server.cli("GET", generationKey).contains(FenceText.hexadecimal(old[0].nonce)), "not restored")
      let reading = try await eventually { try await store.read([key], tags) }
      #expect(reading.values == [ByteBuffer(string: "x")], "the value of before was to be restored")
      #expect(reading.generations == [nil, nil])
      #expect(try await !put(store, old), "stored under a generation of before")
      let anew = try await store.mint(tags)
      #expect(Set(anew.map(\.nonce)).isDisjoint(with: old.map(\.nonce)))
      #expect(anew.allSatisfy { $0.position == nil })
      #expect(try await store.read([], tags).generations == anew)
    }
  }

  @Test("A bump over the generation of another run does not know the position")
  func positionsOfAnotherRun() async throws {
    try await withStore { server, store in
      _ = try await store.bump(tags, by: 1, position: 9)
      try await server.cli("SAVE")
      server.kill()
      try await server.restart()
      let made = try await eventually { try await store.bump(tags, by: 2, position: 3) }
      #expect(made.map(\.position) == [nil, nil])
    }
  }

  @Test("A server that was demoted and promoted again, without a restart, has none of its generations of before")
  func reigns() async throws {
    try await withStore { server, store in
      _ = try await store.mint(tags)
      let successor = try await RedisServer("--replicaof", "127.0.0.1", "\(server.port)")
      try await settle("the successor follows") {
        try await successor.cli("INFO", "replication").contains("master_link_status:up")
      }
      try await successor.cli("REPLICAOF", "NO", "ONE")
      try await server.cli("REPLICAOF", "127.0.0.1", "\(successor.port)")
      try await settle("the old master follows") {
        try await server.cli("INFO", "replication").contains("master_link_status:up")
      }
      try await server.cli("REPLICAOF", "NO", "ONE")
      // As sentinels do.
      try await server.cli("CLIENT", "KILL", "TYPE", "normal")
      #expect(try await !server.cli("GET", generationKey).isEmpty, "the generation was to come through")
      let reading = try await eventually { try await store.read([], tags) }
      #expect(reading.generations == [nil, nil])
      let minted = try await store.mint(tags)
      #expect(try await store.read([], tags).generations == minted)
    }
  }

  @Test("A server that changes its epoch under a standing connection is believed from its next script on")
  func laterEpochs() async throws {
    let master = try await RedisServer()
    let server = try await RedisServer("--replicaof", "127.0.0.1", "\(master.port)")
    try await settle("the replica follows") {
      try await server.cli("INFO", "replication").contains("master_link_status:up")
    }
    // What a script says is believed on connections that began as its own did.
    var configuration = server.configuration
    configuration.connections = 1
    let client = RedisClient(silent: configuration)
    defer { client.shutdown() }
    let store = RedisCacheStore(client: client)
    #expect(try await eventually { try await store.get(key) } == nil)
    try await server.cli("REPLICAOF", "NO", "ONE")
    try await requireFences(store)

    try await server.cli("CLIENT", "KILL", "TYPE", "normal")
    try await requireFences(store)
    try await server.cli("CONFIG", "SET", "repl-backlog-ttl", "1")
    try await settle("the server forgets when it was promoted") {
      try await server.cli("INFO", "replication").contains("second_repl_offset:-1")
    }
    try await requireFences(store)
  }

  /// Generations that are made are read.
  private func requireFences(_ store: RedisCacheStore) async throws {
    let minted = try await eventually { try await store.mint(tags) }
    for _ in 0..<4 { #expect(try await store.read([], tags).generations == minted) }
  }

  @Test("A server without memory for more still ends what a change makes stale")
  func outOfMemory() async throws {
    try await withStore { server, store in
      let minted = try await store.mint(tags)
      #expect(try await put(store, minted))
      try await server.cli("CONFIG", "SET", "maxmemory", "1")
      await #expect(throws: CacheStoreError.unavailable) { try await store.doubt(tags, by: 1, lease: .seconds(1)) }
      await #expect(throws: CacheStoreError.unavailable) { _ = try await put(store, minted) }
      let bumped = try await store.bump(tags, by: 1, position: nil)
      #expect(Set(bumped.map(\.nonce)).isDisjoint(with: minted.map(\.nonce)))
      let found = try await store.read([], tags).generations.compactMap { $0?.nonce }
      #expect(Set(found).isDisjoint(with: minted.map(\.nonce)))
      try await server.cli("CONFIG", "SET", "maxmemory", "0")
      #expect(try await !put(store, minted))
      #expect(try await put(store, try await store.mint(tags)))
    }
  }

  @Test("A bump whose reply is lost runs again, with a nonce of its own")
  func lostReply() async throws {
    let server = try await RedisServer()
    let proxy = try await FaultProxy.start(before: server.port)
    var configuration = RedisConfiguration(host: "127.0.0.1", port: proxy.port)
    // The second try must not meet another connection that is reset.
    configuration.connections = 1
    let client = RedisClient(silent: configuration)
    defer { client.shutdown() }
    let store = RedisCacheStore(client: client)
    // The server must know the script before, or what is lost is its question for it.
    let minted = try await store.bump(tags, by: 1, position: nil)
    proxy.faults.dropsFromServer = true
    async let bump = store.bump([tags[0]], by: 1, position: nil)
    let before = FenceText.hexadecimal(minted[0].nonce)
    try await settle("the first bump") { try await !server.cli("GET", generationKey).contains(before) }
    let first = try await server.cli("GET", generationKey)
    proxy.faults.dropsFromServer = false
    proxy.resetAll()
    let nonce = FenceText.hexadecimal(try await bump[0].nonce)
    #expect(!first.contains(nonce))
    #expect(try await server.cli("GET", generationKey).contains(nonce))
  }

  @Test("A user who may not ask for the run id finds no generations, and ends those of others")
  func forbidden() async throws {
    try await withStore { server, store in
      let minted = try await store.mint(tags)
      try await server.cli("ACL", "SETUSER", "narrow", "on", ">pass", "~*", "&*", "+@all", "-info")
      var configuration = server.configuration
      configuration.credentials = RedisCredentials(username: "narrow", password: "pass")
      let client = RedisClient(silent: configuration)
      defer { client.shutdown() }
      let narrow = RedisCacheStore(client: client)
      #expect(try await narrow.read([], tags).generations == [nil, nil])
      _ = try await narrow.bump(tags, by: 1, position: nil)
      let reading = try await store.read([], tags).generations
      #expect(reading.allSatisfy { $0?.nonce != minted[0].nonce && $0?.nonce != minted[1].nonce })
    }
  }

  @Test("A generation lives seven days after the last write, and no shorter than what it guards")
  func lifetimes() async throws {
    try await withStore { server, store in
      let week = 7 * 86_400_000
      func rest() async throws -> Int { try #require(Int(try await server.cli("PTTL", generationKey))) }
      let minted = try await store.mint(tags)
      #expect(try await (week - 60_000...week).contains(rest()))
      try await server.cli("PEXPIRE", generationKey, "100000")
      #expect(try await put(store, minted, life: .seconds(60)))
      #expect(try await (week - 60_000...week).contains(rest()))
      #expect(try await put(store, minted, life: .seconds(14 * 86_400)))
      #expect(try await (2 * week - 60_000...2 * week).contains(rest()))
      try await store.doubt(tags, by: 1, lease: .seconds(1))
      try await store.withdraw(tags, by: 1)
      #expect(try await (2 * week - 60_000...2 * week).contains(rest()))
    }
  }

  @Test(
    "What no script here has written is no generation, and is made good",
    arguments: ["", "x", "a b c", "? 0123456789abcdef -", "a 0123456789abcde -", "a 0123456789abcdef 12"])
  func foreign(_ text: String) async throws {
    try await withStore { server, store in
      try await server.cli("SET", generationKey, text)
      #expect(try await store.read([], [tags[0]]).generations == [nil])
      let minted = try await store.mint([tags[0]])
      #expect(try await store.read([], [tags[0]]).generations == minted)
      try await server.cli("DEL", generationKey)
      try await server.cli("LPUSH", generationKey, text)
      #expect(try await store.read([], [tags[0]]).generations == [nil])
      let again = try await store.mint([tags[0]])
      #expect(try await store.read([], [tags[0]]).generations == again)
    }
  }

  private func put(
    _ store: RedisCacheStore, _ generations: [Generation], life: Duration? = nil
  ) async throws -> Bool {
    let guards = zip(tags, generations).map { FenceGuard($0, nonce: $1.nonce) }
    return try await store.store(StoredValue(key, ByteBuffer(string: "x"), timeToLive: life), under: guards)
  }

  /// A store on a server of the test's own.
  private func withStore(_ body: (RedisServer, RedisCacheStore) async throws -> Void) async throws {
    let server = try await RedisServer()
    let client = RedisClient(silent: server.configuration)
    defer { client.shutdown() }
    try await body(server, RedisCacheStore(client: client))
  }
}

/// How generations are written down.
enum FenceText {
  static func hexadecimal(_ nonce: UInt64) -> String {
    let digits = String(nonce, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
