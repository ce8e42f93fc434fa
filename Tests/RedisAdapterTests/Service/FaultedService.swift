import Caching
import Kernel
import NIOCore
import RedisAdapter
import RedisClient
import Synchronization
import Testing

/// Two instances of the cache service over the same Redis, readers and writers who keep asking them, and a list of all
/// that went wrong. What a fault test does to Redis, nobody of them may be told.
final class FaultedService: Sendable {
  /// What came of the calls.
  struct Tally: Sendable {
    var reads = 0
    var writes = 0
    var errors: [String] = []
    /// Reads on the instance that made a change, of before it.
    var stale = 0
    /// Reads of one reader that were older than the one before.
    var backwards = 0
    var slowestRead = Duration.zero
    var slowestWrite = Duration.zero
  }

  /// The database.
  private struct Truth {
    var version = 0
    /// The newest version whose writer was told that it is done.
    var answered = 0
  }

  private static let keyCount = 20
  /// More than the limits of a read and of a change add up to, on a machine that does other things as well.
  private static let patience = (read: Duration.seconds(3), write: Duration.seconds(5))

  let first: CacheService
  let second: CacheService
  let clients: [RedisClient]
  let scope = CacheScope.tenant(.fresh())
  private let truth = Mutex([Truth](repeating: Truth(), count: keyCount))
  private let state = Mutex(Tally())
  private let probes = Atomic<Int>(0)

  /// - Parameter configuration: of each instance's client.
  init(_ configuration: RedisConfiguration) {
    clients = [RedisClient(silent: configuration), RedisClient(silent: configuration)]
    (first, second) = (Self.service(clients[0]), Self.service(clients[1]))
  }

  static func service(_ client: RedisClient) -> CacheService {
    var options = SharedTierOptions()
    options.watchedNamespaces = ["fault"]
    return CacheService(shared: RedisCacheStore(client: client), options: options)
  }

  var tally: Tally { state.withLock { $0 } }

  /// Runs a fault under traffic, from the moment at which both instances are in touch with Redis, and demands that nobody
  /// noticed.
  /// - Parameter fault: injects the fault, ends it, and returns when that was.
  func endure(_ name: String, _ fault: @Sendable () async throws -> ContinuousClock.Instant) async throws {
    let recovery = try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await self.first.run() }
      group.addTask { await self.second.run() }
      try await requireRecovery()
      for reader in 0..<8 {
        group.addTask { await self.read(reader.isMultiple(of: 2) ? self.first : self.second, reader) }
      }
      for _ in 0..<2 { group.addTask { await self.write() } }
      try await Task.sleep(for: .milliseconds(300))
      let end = try await fault()
      try await requireRecovery()
      let recovery = ContinuousClock.now - end
      try await Task.sleep(for: .milliseconds(300))
      group.cancelAll()
      return recovery
    }
    let found = tally
    print(
      "Fault: \(name): back after \(recovery.seconds) s; \(found.reads) reads, slowest \(found.slowestRead.seconds) s; "
        + "\(found.writes) changes, slowest \(found.slowestWrite.seconds) s; \(found.errors.count) errors, "
        + "\(found.stale) stale, \(found.backwards) backwards")
    #expect(found.errors == [])
    #expect(found.stale == 0 && found.backwards == 0)
    #expect(found.reads > 100 && found.writes > 2)
    #expect(found.slowestRead < Self.patience.read && found.slowestWrite < Self.patience.write)
    try await requireConvergence()
    for client in clients { client.shutdown() }
  }

  /// Returns when what one instance loads is found by the other in Redis, and both hear of each other.
  private func requireRecovery() async throws {
    try await settle("both instances are in touch with Redis", within: .seconds(60)) {
      let key = CacheKey("probe", scope, "\(probes.add(1, ordering: .relaxed).newValue)")
      _ = try await first.getOrSet(key, as: Int.self, policy: .forever) { Loaded(1) }
      guard await second.get(key, as: Int.self) == 1 else { return false }
      return first.isFeedLive && second.isFeedLive
    }
  }

  /// Both instances and one that has nothing in memory give what the database has.
  private func requireConvergence() async throws {
    let third = Self.service(clients[0])
    for number in 0..<Self.keyCount {
      let version = truth.withLock { $0[number].version }
      for service in [first, second, third] {
        try await settle("\(number) is up to date everywhere") {
          try await self.value(number, service) == version
        }
      }
    }
  }

  private func key(_ number: Int) -> CacheKey { CacheKey("fault", scope, "\(number)", tags: [tag(number)]) }

  private func tag(_ number: Int) -> String { "t\(number % 5)" }

  private func value(_ number: Int, _ service: CacheService) async throws -> Int {
    let found = try await service.getOrSet(key(number), as: Int.self, policy: .forever) { [self] in
      let version = truth.withLock { $0[number].version }
      try await Task.sleep(for: .milliseconds(2))
      return Loaded(version)
    }
    return try found?.value() ?? -1
  }

  private func read(_ service: CacheService, _ seed: Int) async {
    var seen = [Int](repeating: 0, count: Self.keyCount)
    var number = seed
    while !Task.isCancelled {
      number = (number + 7) % Self.keyCount
      let least = service === first ? truth.withLock { $0[number].answered } : 0
      let start = ContinuousClock.now
      do {
        let version = try await value(number, service)
        let time = ContinuousClock.now - start
        state.withLock { tally in
          tally.reads += 1
          tally.slowestRead = max(tally.slowestRead, time)
          if version < least { tally.stale += 1 }
          if version < seen[number] { tally.backwards += 1 }
        }
        seen[number] = max(seen[number], version)
        try await Task.sleep(for: .milliseconds(1))
      } catch {
        note(error)
      }
    }
  }

  /// Changes one key after another on the first instance.
  private func write() async {
    var random = SystemRandomNumberGenerator()
    while !Task.isCancelled {
      let number = Int.random(in: 0..<Self.keyCount, using: &random)
      let start = ContinuousClock.now
      do {
        let version = try await first.change([.named(tag(number), scope)]) { [self] in
          let version = truth.withLock { truth in
            truth[number].version += 1
            return truth[number].version
          }
          return .committed(version, position: nil)
        }
        truth.withLock { $0[number].answered = max($0[number].answered, version) }
        let time = ContinuousClock.now - start
        state.withLock { tally in
          tally.writes += 1
          tally.slowestWrite = max(tally.slowestWrite, time)
        }
        try await Task.sleep(for: .milliseconds(40))
      } catch {
        note(error)
      }
    }
  }

  private func note(_ error: any Error) {
    guard !Task.isCancelled else { return }
    state.withLock { if $0.errors.count < 10 { $0.errors.append("\(error)") } }
  }
}

extension Duration {
  /// Rounded to milliseconds.
  fileprivate var seconds: Double { (self / .milliseconds(1)).rounded() / 1000 }
}
