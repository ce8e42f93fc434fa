import Caching
import Kernel
import NIOCore
import RedisAdapter
import RedisClient
import Synchronization
import TestServers
import Testing

@Suite("Histories of loads and changes over Redis", .serialized, .timeLimit(.minutes(3)))
struct FenceHistoryTests {
  @Test("No reader is given what a change that was answered before has ended", arguments: Topology.allCases)
  func changes(_ topology: Topology) async throws {
    let history = History(RedisCacheStore(client: try await topology.client()))
    try await history.run(for: .seconds(3)) {}
    #expect(history.stale == 0)
    #expect(history.isTelling, "\(history.hits) hits, \(history.changes) changes")
  }

  @Test("Nor when the server is killed and comes back with old data, again and again")
  func restarts() async throws {
    let server = try await RedisServer()
    let client = RedisClient(silent: server.configuration)
    defer { client.shutdown() }
    let history = History(RedisCacheStore(client: client), pause: 900)
    try await history.run(for: .seconds(9)) {
      for _ in 0..<4 {
        try await Task.sleep(for: .milliseconds(400))
        try await server.cli("SAVE")
        try await Task.sleep(for: .milliseconds(400))
        server.kill()
        try await server.restart()
      }
    }
    #expect(history.stale == 0)
    #expect(history.isTelling, "\(history.hits) hits, \(history.changes) changes")
  }

  @Test("Nor when anything is evicted at any moment")
  func evictions() async throws {
    let server = try await RedisServer()
    let client = RedisClient(silent: server.configuration)
    defer { client.shutdown() }
    let history = History(RedisCacheStore(client: client))
    try await history.run(for: .seconds(3)) {
      for _ in 0..<300 {
        let name = try await server.cli("RANDOMKEY")
        if !name.isEmpty { try await server.cli("DEL", name) }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
    #expect(history.stale == 0)
    #expect(history.isTelling, "\(history.hits) hits, \(history.changes) changes")
  }
}

/// Writers that change a number, loaders that cache it, and readers that compare what they are given with the newest
/// change that had been answered when they began.
private final class History: Sendable {
  private struct Truth {
    /// What the database holds.
    var version = 0
    /// The newest version whose writer was told that it is done.
    var answered = 0
    var hits = 0
    var stale = 0
    var changes = 0
  }

  private let store: RedisCacheStore
  private let tags: [CacheTag]
  private let key: CacheKey
  private let pause: Int
  private let truth = Mutex(Truth())

  /// - Parameter pause: how long a writer waits at most before a change, in milliseconds.
  init(_ store: RedisCacheStore, pause: Int = 200) {
    self.store = store
    self.pause = pause
    let scope = CacheScope.tenant(.fresh())
    tags = [.all(scope), .named("venue", scope)]
    key = CacheKey("catalog", scope, "venues")
  }

  var hits: Int { truth.withLock(\.hits) }
  var stale: Int { truth.withLock(\.stale) }
  var changes: Int { truth.withLock(\.changes) }

  /// Whether enough happened for the rest to mean something.
  var isTelling: Bool { hits >= 50 && changes >= 10 }

  /// Runs writers, loaders and readers beside a fault, at least for a time.
  func run(for time: Duration, _ fault: @Sendable @escaping () async throws -> Void) async throws {
    _ = try await eventually { try await store.mint(tags) }
    let end = ContinuousClock.now + time
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<3 {
        group.addTask { try await self.repeating(until: end) { try await self.change(UInt64(number + 1)) } }
      }
      for _ in 0..<4 { group.addTask { try await self.repeating(until: end) { try await self.load() } } }
      for _ in 0..<4 { group.addTask { try await self.repeating(until: end) { try await self.read() } } }
      group.addTask { try await fault() }
      try await group.waitForAll()
    }
  }

  private func repeating(until end: ContinuousClock.Instant, _ step: () async throws -> Void) async throws {
    while ContinuousClock.now < end {
      do {
        try await step()
      } catch is CacheStoreError {
        try await Task.sleep(for: .milliseconds(5))
      }
    }
  }

  private func change(_ change: UInt64) async throws {
    try await Self.loiter(pause)
    try await store.doubt([tags[1]], by: change, lease: .seconds(2))
    try await Self.loiter(3)
    let version = truth.withLock { truth in
      truth.version += 1
      return truth.version
    }
    try await Self.loiter(3)
    // As the relay does: until it has been told.
    _ = try await eventually { try await store.bump([tags[1]], by: change, position: nil) }
    truth.withLock { truth in
      truth.answered = max(truth.answered, version)
      truth.changes += 1
    }
  }

  private func load() async throws {
    let generations = try await store.mint(tags)
    guard generations.allSatisfy({ !$0.isInDoubt }) else { return try await Self.loiter(2) }
    try await Self.loiter(3)
    let version = truth.withLock(\.version)
    try await Self.loiter(6)
    let text = "\(generations.map { "\($0.nonce)" }.joined(separator: ",")) \(version)"
    let guards = zip(tags, generations).map { FenceGuard($0, nonce: $1.nonce) }
    _ = try await store.store(StoredValue(key, ByteBuffer(string: text), timeToLive: .seconds(100)), under: guards)
  }

  private func read() async throws {
    let floor = truth.withLock(\.answered)
    let reading = try await store.read([key], tags)
    try await Self.loiter(2)
    guard let value = reading.values[0] else { return }
    let fields = String(buffer: value).split(separator: " ")
    let nonces = reading.generations.map { $0.map { "\($0.nonce)" } ?? "none" }.joined(separator: ",")
    guard fields[0] == nonces, let version = Int(fields[1]) else { return }
    truth.withLock { truth in
      truth.hits += 1
      if version < floor { truth.stale += 1 }
    }
  }

  /// Up to so many milliseconds.
  private static func loiter(_ milliseconds: Int) async throws {
    try await Task.sleep(for: .microseconds(Int.random(in: 0...milliseconds * 1000)))
  }
}
