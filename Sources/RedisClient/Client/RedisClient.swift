public import Logging
import NIOCore
import NIOPosix
import Synchronization

/// An async client for Redis: one server, the master behind sentinels, or a cluster.
///
/// All tasks share a few connections; their commands are pipelined without being asked. Connections are made again when
/// they are lost, and commands wait for that within their time limit. What may be sent again and what never is, see
/// ``RedisCommand/Effect``.
public final class RedisClient: Sendable {
  let configuration: RedisConfiguration
  let router: any CommandRouter
  let journal: ConnectionJournal
  let factory: PoolFactory
  /// For all channels; connects when the first one is subscribed to.
  let subscriber: Subscriber
  /// Those with a connection of their own.
  private let feeds = Mutex<[ObjectIdentifier: InvalidationFeed]>([:])
  private let rules: RetryRules
  /// In nanoseconds.
  private let commandTimeout: UInt64

  /// A client that begins to connect at once, unless told to be lazy.
  public convenience init(_ configuration: RedisConfiguration, logger: Logger = Logger(label: "redis")) {
    let group = MultiThreadedEventLoopGroup.singleton
    let loops = (0..<max(1, configuration.connections)).map { _ in group.next() }
    self.init(configuration, logger: logger, eventLoops: loops)
  }

  /// A client on these event loops.
  init(_ configuration: RedisConfiguration, logger: Logger, eventLoops: [any EventLoop]) {
    self.configuration = configuration
    journal = ConnectionJournal(logger: logger, onEvent: configuration.onEvent)
    let settings = configuration.connectionSettings(on: eventLoops[0])
    commandTimeout = configuration.commandTimeout.clampedNanoseconds
    rules = RetryRules(maxRetries: configuration.maxRetriesPerRequest)
    let factory = PoolFactory(
      configuration: configuration, settings: settings, eventLoops: eventLoops, journal: journal)
    let router = factory.router()
    self.factory = factory
    self.router = router
    subscriber = Subscriber(router.subscriptionTarget) { target in
      let pool = factory.pool(target, lines: 1)
      router.follow(pool)
      return pool
    }
    if !configuration.connectsLazily { router.start() }
  }

  deinit { shutdown() }

  /// Sends a command and waits for its reply; sends it again where that is safe. A server's error is thrown.
  public func send(_ command: RedisCommand) async throws(RedisClientError) -> RESPValue {
    try await send(command, at: nil)
  }

  /// Sends a command to where it belongs, or to one of several masters.
  func send(_ command: RedisCommand, at endpoint: RedisEndpoint?) async throws(RedisClientError) -> RESPValue {
    let deadline = deadline(command.timeout)
    var command = command
    var retries = 0
    while true {
      let failure: RedisClientError
      do throws(RedisClientError) {
        let reply: RESPValue
        if let endpoint {
          reply = try await router.reply(to: command, at: endpoint, until: deadline)
        } else {
          reply = try await router.reply(to: command, until: deadline)
        }
        guard case .error(let error) = reply else { return reply }
        failure = .server(error, place: command.name)
      } catch {
        failure = error
      }
      try await prepareRetry(after: failure, effect: command.effect, name: command.name, retries, deadline)
      command = command.within(deadline)
      retries += 1
    }
  }

  /// Sends a command whose keys have one slot, and tells which server answered: what that said of itself when the
  /// connection was made that carried the reply.
  public func sendIdentified(
    _ command: RedisCommand
  ) async throws(RedisClientError) -> (reply: RESPValue, server: RedisServerIdentity) {
    let witness = ReplyWitness()
    var command = command
    command.witness = witness
    let reply = try await send(command)
    guard let server = witness.server else { throw .unexpected(command.name) }
    return (reply, server)
  }

  /// Sends commands in one write per server and waits for all replies, in order. Errors the server answers to single
  /// commands stand among the replies. The whole is sent again only while nothing can have been executed, or when every
  /// command may be repeated.
  public func sendMany(_ commands: [RedisCommand]) async throws(RedisClientError) -> [RESPValue] {
    let deadline = deadline(commands.compactMap(\.timeout).max())
    let effect: RedisCommand.Effect = commands.allSatisfy { $0.effect != .once } ? .idempotent : .once
    var retries = 0
    while true {
      do throws(RedisClientError) {
        return try await router.outcomes(of: commands, until: deadline).replies(to: commands)
      } catch {
        try await prepareRetry(after: error, effect: effect, name: commands.first?.name ?? "", retries, deadline)
        retries += 1
      }
    }
  }

  /// Sends commands in one write per server, for whom each stands for itself, and tells what became of each, in order;
  /// what a server answers instead of a result is a failure. A command is sent again where that is safe, as by
  /// ``send(_:)``.
  public func sendEach(_ commands: [RedisCommand]) async -> [Result<RESPValue, RedisClientError>] {
    let deadline = deadline(commands.compactMap(\.timeout).max())
    var outcomes = await outcomes(of: commands, until: deadline)
    var retries = 0
    while true {
      var again: [Int] = []
      var pause = Duration.zero
      for (index, outcome) in outcomes.enumerated() {
        guard case .failure(let error) = outcome else { continue }
        guard case .retry(let delay) = rules.decide(error, effect: commands[index].effect, retries: retries) else {
          continue
        }
        again.append(index)
        pause = max(pause, delay)
      }
      guard !again.isEmpty, ConnectionPool.now + pause.clampedNanoseconds < deadline else { return outcomes }
      for _ in again { journal.countRetry() }
      // Cancelled: what was found stands.
      do { try await Task.sleep(for: pause) } catch { return outcomes }
      let found = await self.outcomes(of: again.map { commands[$0].within(deadline) }, until: deadline)
      for (index, outcome) in zip(again, found) {
        // That it was not sent again does not undo what was sent before.
        if case .failure(let error) = outcome, error.isNotSent, case .failure(let first) = outcomes[index],
          !first.isNotSent
        {
          continue
        }
        outcomes[index] = outcome
      }
      retries += 1
    }
  }

  /// What became of commands that were sent once; errors of servers are failures.
  private func outcomes(of commands: [RedisCommand], until deadline: UInt64) async -> [Outcome] {
    guard !commands.isEmpty else { return [] }
    return zip(commands, await router.outcomes(of: commands, until: deadline)).map { command, outcome in
      outcome.flatMap { reply in
        guard case .error(let error) = reply else { return .success(reply) }
        return .failure(.server(error, place: command.name))
      }
    }
  }

  /// Throws unless the command may be sent again; otherwise returns when it may.
  private func prepareRetry(
    after failure: RedisClientError, effect: RedisCommand.Effect, name: String, _ retries: Int, _ deadline: UInt64
  ) async throws(RedisClientError) {
    let pause: Duration
    switch rules.decide(failure, effect: effect, retries: retries) {
    case .fail: throw failure.place.hasPrefix(name) ? failure : failure.during(name)
    case .retry(let delay): pause = delay
    }
    guard ConnectionPool.now + pause.clampedNanoseconds < deadline else { throw failure.during(name) }
    journal.countRetry()
    guard pause > .zero else { return }
    do {
      try await Task.sleep(for: pause)
    } catch {
      throw RedisClientError(.cancelled, "the caller was cancelled", place: name)
    }
  }

  func deadline(_ timeout: Duration?) -> UInt64 {
    ConnectionPool.now.addingReportingOverflow((timeout ?? configuration.commandTimeout).clampedNanoseconds)
      .partialValue
  }

  /// Whether every part of the data can be reached now.
  public var isConnected: Bool { router.isConnected }

  /// What each reachable master said of itself when it was connected to.
  public var masters: [(endpoint: RedisEndpoint, identity: RedisServerIdentity)] {
    router.masters.map { ($0.endpoint, $0.identity) }
  }

  /// The run ids of the reachable masters, by address.
  public var runIDs: [RedisEndpoint: String] {
    var runIDs: [RedisEndpoint: String] = [:]
    for master in router.masters { runIDs[master.endpoint] = master.identity.runID }
    return runIDs
  }

  /// Names the run of the master that holds a key, as of the connection in use now; nil while there is none, or when the
  /// user may not ask. A restart, a fail-over and a restore change it.
  public func runID(forKey key: String) -> String? { router.connection(forKey: key)?.identity.runID }

  /// Connection events from now on.
  public func events() -> AsyncStream<RedisConnectionEvent> { journal.events() }

  /// How often what happened to connections.
  public var connectionCounts: RedisConnectionCounts { journal.counts }

  /// Closes all connections; commands under way and commands to come fail.
  public func shutdown() {
    subscriber.shutDown()
    let feeds = feeds.withLock { feeds in
      defer { feeds = [:] }
      return Array(feeds.values)
    }
    for feed in feeds { feed.finish() }
    router.shutDown()
    journal.finish()
  }

  /// Ends a feed with the client.
  func keep(_ feed: InvalidationFeed) { feeds.withLock { $0[ObjectIdentifier(feed)] = feed } }

  /// A feed has ended.
  func forget(_ feed: InvalidationFeed) { _ = feeds.withLock { $0.removeValue(forKey: ObjectIdentifier(feed)) } }

  /// A connection of one's own, for commands that block it or change what it is: BLPOP, WATCH, SELECT. Closed afterwards.
  /// - Parameter key: leads to the server that holds it, in a cluster.
  public func withConnection<Result: Sendable>(
    forKey key: String? = nil, _ body: (RedisConnection) async throws -> Result
  ) async throws -> Result {
    let endpoint = try await router.endpoint(forKey: key, until: deadline(nil))
    let connection = try await RedisConnection.connect(
      to: endpoint, settings: factory.settings, on: factory.eventLoops[0])
    defer { connection.close() }
    return try await body(connection)
  }

  /// The masters that together hold all keys.
  func scanTargets() async throws(RedisClientError) -> [RedisEndpoint] {
    try await router.scanTargets(until: deadline(nil))
  }
}
