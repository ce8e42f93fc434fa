/// What became of one command of a batch.
typealias Outcome = Result<RESPValue, RedisClientError>

/// How a client reaches the servers of its topology.
protocol CommandRouter: Sendable {
  /// Sends a command once, without retries. A server's error is a reply like any other.
  /// - Parameter deadline: when a command that has no connection yet gives up, in nanoseconds of the event loops' clock.
  func reply(to command: RedisCommand, until deadline: UInt64) async throws(RedisClientError) -> RESPValue

  /// Sends commands in one write to each server concerned, once, without retries; what became of each, in their order.
  /// Server errors are replies.
  func outcomes(of commands: [RedisCommand], until deadline: UInt64) async -> [Outcome]

  /// Whether every part of the data can be reached now.
  var isConnected: Bool { get }

  /// The masters that can be reached now, by address, with a connection to each.
  var masters: [RedisConnection] { get }

  /// A connection to the master that holds a key; nil when none is ready. The next in turn, so that all are used alike.
  func connection(forKey key: String) -> RedisConnection?

  /// Where to open a connection of one's own: to the master, or in a cluster to the master that holds `key` or any.
  func endpoint(forKey key: String?, until deadline: UInt64) async throws(RedisClientError) -> RedisEndpoint

  /// The cursor-wise walk of a cluster needs every master's address; others have one.
  func scanTargets(until deadline: UInt64) async throws(RedisClientError) -> [RedisEndpoint]

  /// Sends to a server that ``scanTargets(until:)`` named.
  func reply(
    to command: RedisCommand, at endpoint: RedisEndpoint, until deadline: UInt64
  ) async throws(RedisClientError) -> RESPValue

  /// Where subscriptions are made.
  var subscriptionTarget: ConnectionPool.Target { get }

  /// Where changes of data are reported: each server's address (nil for one that may move) and how to reach it.
  func trackingTargets(
    until deadline: UInt64
  ) async throws(RedisClientError) -> [(endpoint: RedisEndpoint?, target: ConnectionPool.Target)]

  /// Calls back when other servers hold the data, where that can happen while ``trackingTargets(until:)`` stay.
  func onMastersChange(_ listener: @escaping @Sendable ([RedisEndpoint]) -> Void)

  /// Keeps a pool for ``subscriptionTarget`` where that is.
  func follow(_ pool: ConnectionPool)

  /// Begins to connect.
  func start()

  /// Closes all connections for ever.
  func shutDown()
}

extension [Outcome] {
  /// The same failure for each of some commands.
  init(_ failure: RedisClientError, for commands: [RedisCommand]) {
    self.init(repeating: .failure(failure), count: commands.count)
  }

  /// The replies to all commands, or the first failure. That says that nothing was executed, so that all may be sent
  /// again, only where it holds for every command that must not be executed twice.
  func replies(to commands: [RedisCommand]) throws(RedisClientError) -> [RESPValue] {
    var replies: [RESPValue] = []
    replies.reserveCapacity(count)
    var failure: RedisClientError?
    var isUntouched = true
    for (outcome, command) in zip(self, commands) {
      switch outcome {
      case .success(let reply): replies.append(reply)
      case .failure(let error): failure = failure ?? error
      }
      if command.effect == .once, !outcome.isUndone { isUntouched = false }
    }
    guard let failure else { return replies }
    guard isUntouched || !failure.isUndone else {
      throw RedisClientError(
        .connectionClosed(.maybeSent), "other commands of the batch may have been executed: \(failure.message)",
        place: failure.place)
    }
    throw failure
  }
}

extension Outcome {
  fileprivate var isUndone: Bool {
    if case .failure(let error) = self { return error.isUndone }
    return false
  }
}

extension RedisClientError {
  /// Whether nothing was executed: not sent, or refused by every server that was asked.
  fileprivate var isUndone: Bool { isNotSent || serverPrefix != nil }
}

extension CommandRouter {
  var isConnected: Bool { !masters.isEmpty }

  func trackingTargets(
    until deadline: UInt64
  ) async throws(RedisClientError) -> [(endpoint: RedisEndpoint?, target: ConnectionPool.Target)] {
    [(nil, subscriptionTarget)]
  }

  func onMastersChange(_ listener: @escaping @Sendable ([RedisEndpoint]) -> Void) {}

  func follow(_ pool: ConnectionPool) {}
}
