import Caching
import Kernel
import NIOCore
import RedisAdapter
import RedisClient
import TestServers
import Testing

@Suite("A store whose server fails", .serialized, .timeLimit(.minutes(3)))
struct FaultTests {
  let tenant = TenantID.fresh()

  var key: CacheKey { CacheKey("catalog", .tenant(tenant), "venues") }
  var tags: [CacheTag] { [.all(.tenant(tenant))] }
  /// Longer than a call with a deadline of a second and its retries ever take; guards against a hang.
  static let patience = Duration.seconds(20)

  @Test("A server that is killed and started again: calls fail within their deadline, then succeed")
  func killed() async throws {
    try await withStore { server, store in
      server.kill()
      try await requireFailures(store, with: [.unavailable, .timedOut])
      #expect(await !store.isConnected())
      try await server.restart()
      try await requireRecovery(store)
    }
  }

  @Test("A server that is stopped: calls time out, and what they did late is not answered to others")
  func frozen() async throws {
    try await withStore { server, store in
      server.freeze()
      try await requireFailures(store, with: [.timedOut, .unavailable])
      #expect(await !store.isConnected())
      server.thaw()
      try await requireRecovery(store)
    }
  }

  @Test("A store with a limit ends its calls by itself when the server is silent, long before the client would")
  func limited() async throws {
    try await withStore(patience: .seconds(150)) { server, store in
      let limited = try #require(store.limited(to: .milliseconds(300)) as? RedisCacheStore)
      let (value, guards) = (ByteBuffer(string: "x"), [FenceGuard(tags[0], nonce: 1)])
      server.freeze()
      let late: Set<CacheStoreError> = [.timedOut, .unavailable]
      try await fails(late) { _ = try await limited.read([key], tags) }
      try await fails(late) { _ = try await limited.mint(tags) }
      try await fails(late) { try await limited.doubt(tags, by: 1, lease: .seconds(1)) }
      try await fails(late) { _ = try await limited.bump(tags, by: 1, position: nil) }
      try await fails(late) { try await limited.withdraw(tags, by: 1) }
      try await fails(late) { _ = try await limited.store(StoredValue(key, value), under: guards) }
      try await fails(late) { _ = try await limited.compareAndSet(key, expected: nil, new: value, timeToLive: nil) }
      try await fails(late) { _ = try await limited.compareAndSet(key, expected: value, new: value, timeToLive: nil) }
      try await fails(late) { _ = try await limited.compareAndDelete(key, expected: value) }
      try await fails(late) { _ = try await limited.delete([key]) }
      try await fails(late) { _ = try await limited.increment(key, by: 1, timeToLive: .seconds(1)) }
      server.thaw()
      try await requireRecovery(store)
    }
  }

  @Test("What is counted while the server is away waits, and is written when it is back")
  func countedBehind() async throws {
    // The client itself would wait much longer than a flush may take.
    try await withStore(patience: .seconds(150)) { server, store in
      var options = WriteBehindCounters.Options()
      (options.batch, options.limit, options.timeToLive) = (10, .milliseconds(300), .seconds(100))
      let counters = WriteBehindCounters(store: store, options: options)
      let keys = (0..<100).map { CacheKey("views", .tenant(tenant), "package", ["\($0)"]) }
      server.kill()
      try await settle("the client knows") { !store.client.isConnected }
      for round in 1...3 {
        for key in keys { counters.add(to: key) }
        await counters.flush()
        #expect(counters.statistics.waiting == 100 * round)
      }
      try await server.restart()
      try await requireRecovery(store)
      await counters.flush()
      #expect(counters.statistics.written == 300)
      #expect(try await store.get(keys).allSatisfy { $0 == ByteBuffer(string: "3") })
    }
  }

  @Test("Of what is counted while the server is silent one call at most is uncertain, and none is counted twice")
  func countedInSilence() async throws {
    try await withStore(patience: .seconds(150)) { server, store in
      var options = WriteBehindCounters.Options()
      (options.batch, options.limit) = (10, .milliseconds(300))
      let counters = WriteBehindCounters(store: store, options: options)
      let keys = (0..<100).map { CacheKey("views", .tenant(tenant), "package", ["\($0)"]) }
      for key in keys { counters.add(to: key) }
      server.freeze()
      await counters.flush()
      #expect(counters.statistics.waiting == 90 && counters.statistics.uncertain == 10)
      server.thaw()
      try await requireRecovery(store)
      await counters.flush()
      #expect(counters.statistics.written == 90 && counters.statistics.uncertain == 10)
      #expect(try await store.get(keys).allSatisfy { $0 == nil || $0 == ByteBuffer(string: "1") })
    }
  }

  @Test("A server that has become a replica refuses writes, and takes them when it is master again")
  func readOnly() async throws {
    try await withStore { server, store in
      try await server.cli("REPLICAOF", "127.0.0.1", "1")
      try await requireWriteFailures(store)
      try await server.cli("REPLICAOF", "NO", "ONE")
      try await requireRecovery(store)
    }
  }

  @Test("A server without memory refuses writes, but reads and deletes")
  func outOfMemory() async throws {
    try await withStore { server, store in
      try await eventually { try await store.set(key, ByteBuffer(string: "x")) }
      try await server.cli("CONFIG", "SET", "maxmemory", "1")
      await #expect(throws: CacheStoreError.unavailable) { try await store.set(key, ByteBuffer(string: "y")) }
      await #expect(throws: CacheStoreError.unavailable) {
        _ = try await store.increment(key, by: 1, timeToLive: nil)
      }
      await #expect(throws: CacheStoreError.unavailable) {
        _ = try await RedisRateLimitStore(client: store.client).take(1, of: 5, per: .seconds(60), for: key)
      }
      #expect(try await store.get(key) == ByteBuffer(string: "x"))
      #expect(try await store.delete(key))
      try await server.cli("CONFIG", "SET", "maxmemory", "0")
      try await requireRecovery(store)
    }
  }

  @Test("A server that is loading its data: calls fail within their deadline, then succeed")
  func loading() async throws {
    let options = ["--key-load-delay", "3000", "--loading-process-events-interval-bytes", "1024"]
    try await withStore(options) { server, store in
      let values = (0..<2000).map { StoredValue(CacheKey("a", .platform, "\($0)"), ByteBuffer(string: "x")) }
      try await eventually { try await store.set(values) }
      try await server.cli("SAVE")
      server.kill()
      try await server.restart(waiting: false)
      try await settle("the server says that it loads") {
        // Nothing listens at first.
        (try? await server.cli("GET", "a"))?.hasPrefix("LOADING") == true
      }
      try await requireFailures(store, with: [.unavailable, .timedOut])
      try await requireRecovery(store)
      #expect(try await store.get(CacheKey("a", .platform, "1999")) == ByteBuffer(string: "x"))
    }
  }

  @Test("A server that is busy with a script: calls fail within their deadline, then succeed")
  func busy() async throws {
    try await withStore(["--busy-reply-threshold", "50"]) { server, store in
      async let script = server.cli("EVAL", "while true do end", "0")
      try await settle("the server says that it is busy") { try await server.cli("GET", "a").hasPrefix("BUSY") }
      try await requireFailures(store, with: [.unavailable, .timedOut])
      try await server.cli("SCRIPT", "KILL")
      _ = try await script
      try await requireRecovery(store)
    }
  }

  @Test("A store that was shut down is out of reach")
  func shutDown() async throws {
    try await withStore { _, store in
      store.client.shutdown()
      try await requireFailures(store, with: [.unavailable])
    }
  }

  @Test("A subscription ends when its connection is lost")
  func subscriptions() async throws {
    try await withStore { server, store in
      let messages = try await eventually { try await store.subscribe("a") }
      try await server.cli("CLIENT", "KILL", "TYPE", "pubsub")
      for await _ in messages {}
      let again = try await eventually { try await store.subscribe("a") }
      try await eventually { try await store.publish(ByteBuffer(string: "x"), on: "a") }
      #expect(await again.first { _ in true } == ByteBuffer(string: "x"))
    }
  }

  /// Every call ends in time with one of these errors.
  private func requireFailures(_ store: RedisCacheStore, with errors: Set<CacheStoreError>) async throws {
    try await fails(errors) { _ = try await store.get(key) }
    try await fails(errors) { _ = try await store.read([key], tags) }
    try await fails(errors) { for try await _ in store.scan(CachePattern("*", .tenant(tenant)), batch: 10) {} }
    try await requireWriteFailures(store, with: errors)
  }

  private func requireWriteFailures(
    _ store: RedisCacheStore, with errors: Set<CacheStoreError> = [.unavailable]
  ) async throws {
    let (value, limits) = (ByteBuffer(string: "x"), RedisRateLimitStore(client: store.client))
    try await fails(errors) { try await store.set(key, value) }
    try await fails(errors) { _ = try await store.compareAndSet(key, expected: nil, new: value, timeToLive: nil) }
    try await fails(errors) { _ = try await store.increment(key, by: 1, timeToLive: .seconds(1)) }
    try await fails(errors) { _ = try await store.mint(tags) }
    try await fails(errors) { try await store.doubt(tags, by: 1, lease: .seconds(1)) }
    try await fails(errors) { _ = try await store.bump(tags, by: 1, position: 1) }
    try await fails(errors) { _ = try await limits.take(1, of: 1, per: .seconds(1), for: key) }
  }

  private func fails(_ errors: Set<CacheStoreError>, _ call: () async throws -> Void) async throws {
    let start = ContinuousClock.now
    do {
      try await call()
      Issue.record("a call succeeded")
    } catch let error as CacheStoreError {
      #expect(errors.contains(error))
    }
    #expect(ContinuousClock.now - start < Self.patience)
  }

  private func requireRecovery(_ store: RedisCacheStore) async throws {
    _ = try await eventually { try await store.set(key, ByteBuffer(string: "back")) }
    #expect(try await store.get(key) == ByteBuffer(string: "back"))
    // What was sent before and timed out may yet be done.
    try await settle("generations that are made are read") {
      let minted = try await store.mint(tags)
      return try await store.read([], tags).generations == minted
    }
    #expect(await store.isConnected())
  }

  /// A store with a deadline, on a server of the test's own.
  private func withStore(
    _ arguments: [String] = [], patience: Duration = .seconds(1),
    _ body: (RedisServer, RedisCacheStore) async throws -> Void
  ) async throws {
    var options = RedisServer.Options()
    options.arguments = arguments
    let server = try await RedisServer(options)
    var configuration = server.configuration
    configuration.commandTimeout = patience
    let client = RedisClient(silent: configuration)
    defer { client.shutdown() }
    let store = RedisCacheStore(client: client)
    _ = try await eventually { try await store.get(key) }
    try await body(server, store)
  }
}
