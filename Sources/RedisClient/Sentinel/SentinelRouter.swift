import NIOCore
import Synchronization

/// Commands go to the master that sentinels name, and wherever it moves; reads may go to a replica.
final class SentinelRouter: CommandRouter {
  private let master: SingleMasterRouter
  private let replicas: ConnectionPool?
  private let watch: Subscriber
  private let followers: MasterFollowers
  private let directory: SentinelDirectory

  /// - Parameters:
  ///   - makePool: makes a pool of the client's shared connections.
  ///   - makeWatch: makes a pool of one connection to a sentinel.
  init(
    _ directory: SentinelDirectory, readsFromReplicas: Bool, makePool: (ConnectionPool.Target) -> ConnectionPool,
    makeWatch: (ConnectionPool.Target) -> ConnectionPool
  ) {
    self.directory = directory
    let pool = makePool(.master(directory))
    master = SingleMasterRouter(pool: pool)
    replicas = readsFromReplicas ? makePool(.replica(directory)) : nil
    followers = MasterFollowers(name: directory.name)
    followers.add(pool)
    watch = Subscriber(.sentinel(directory), makePool: makeWatch)
  }

  func start() {
    master.start()
    replicas?.start()
    let (followers, directory) = (followers, directory)
    watch.attach("+switch-master") { event in
      switch event {
      case .payload(let payload): followers.switched(payload.text ?? "")
      // A switch may have gone unheard.
      case .resumed:
        Task {
          // When no sentinel answers, the next connect will ask again.
          if let endpoint = try? await directory.master() { followers.leaveAll(but: endpoint) }
        }
      case .interrupted, nil: break
      }
      return true
    }
  }

  func follow(_ pool: ConnectionPool) { followers.add(pool) }

  func reply(to command: RedisCommand, until deadline: UInt64) async throws(RedisClientError) -> RESPValue {
    if command.effect == .reads, let replica = replicas?.connection() {
      do throws(RedisClientError) {
        let reply = try await replica.reply(to: command)
        // A replica that cannot answer yet leaves it to the master.
        guard case .error(let error) = reply, ["LOADING", "MASTERDOWN"].contains(error.prefix) else { return reply }
      } catch {
        guard case .connectionClosed = error.code else { throw error }
      }
    }
    return try await master.reply(to: command, until: deadline)
  }

  func outcomes(of commands: [RedisCommand], until deadline: UInt64) async -> [Outcome] {
    await master.outcomes(of: commands, until: deadline)
  }

  var masters: [RedisConnection] { master.masters }

  func connection(forKey key: String) -> RedisConnection? { master.connection(forKey: key) }

  func endpoint(forKey key: String?, until deadline: UInt64) async throws(RedisClientError) -> RedisEndpoint {
    try await master.endpoint(forKey: key, until: deadline)
  }

  func scanTargets(until deadline: UInt64) async throws(RedisClientError) -> [RedisEndpoint] {
    try await master.scanTargets(until: deadline)
  }

  func reply(
    to command: RedisCommand, at endpoint: RedisEndpoint, until deadline: UInt64
  ) async throws(RedisClientError) -> RESPValue {
    try await master.reply(to: command, at: endpoint, until: deadline)
  }

  var subscriptionTarget: ConnectionPool.Target { master.subscriptionTarget }

  func shutDown() {
    watch.shutDown()
    replicas?.shutDown()
    master.shutDown()
  }
}

/// The pools that follow one master.
private final class MasterFollowers: Sendable {
  private struct Follower: Sendable {
    weak var pool: ConnectionPool?
  }

  private let name: String
  private let followers = Mutex<[Follower]>([])

  init(name: String) { self.name = name }

  func add(_ pool: ConnectionPool) {
    followers.withLock { followers in
      followers.removeAll { $0.pool == nil }
      followers.append(Follower(pool: pool))
    }
  }

  /// A sentinel says: name, old address, old port, new address, new port.
  func switched(_ message: String) {
    let words = message.split(separator: " ")
    guard words.count == 5, words[0] == name, let port = Int(words[4]) else { return }
    leaveAll(but: RedisEndpoint(host: String(words[3]), port: port))
  }

  func leaveAll(but master: RedisEndpoint) {
    for pool in followers.withLock({ $0.compactMap(\.pool) }) { pool.leaveAll(but: master) }
  }
}

extension ConnectionPool.Target {
  /// The master, asked of the sentinels before every try. What answers must say that it is one, and still be the one
  /// that the sentinels mean: a master that was frozen does not know yet that it is none.
  fileprivate static func master(_ directory: SentinelDirectory) -> Self {
    let find: @Sendable () async throws(RedisClientError) -> RedisEndpoint = { () throws(RedisClientError) in
      try await directory.master()
    }
    return Self(name: "master \(directory.name)", find: find) { identity, endpoint throws(RedisClientError) in
      guard identity.role == .master || identity.role == .unknown, try await directory.master() == endpoint else {
        throw RedisClientError(.notMaster, "the server is not the master", place: "\(endpoint)")
      }
    }
  }

  /// Any replica that follows the master.
  fileprivate static func replica(_ directory: SentinelDirectory) -> Self {
    let find: @Sendable () async throws(RedisClientError) -> RedisEndpoint = { () throws(RedisClientError) in
      guard let endpoint = try await directory.replicas().randomElement() else {
        throw RedisClientError(.noServer, "no replica of \(directory.name) is fit")
      }
      return endpoint
    }
    return Self(name: "replica of \(directory.name)", find: find) { identity, endpoint throws(RedisClientError) in
      guard identity.role == .replica || identity.role == .unknown else {
        throw RedisClientError(.noServer, "the server is not a replica", place: "\(endpoint)")
      }
    }
  }

  /// Any sentinel, another one after each failure.
  fileprivate static func sentinel(_ directory: SentinelDirectory) -> Self {
    let find: @Sendable () async throws(RedisClientError) -> RedisEndpoint = { () throws(RedisClientError) in
      guard let endpoint = directory.endpoints.first else {
        throw RedisClientError(.noServer, "no sentinel is configured")
      }
      directory.postpone(endpoint)
      return endpoint
    }
    return Self(name: "sentinels of \(directory.name)", find: find) { _, _ throws(RedisClientError) in }
  }
}
