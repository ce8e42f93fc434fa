import NIOCore

/// All commands go to one master: a standalone server, or the one that sentinels name.
struct SingleMasterRouter: CommandRouter {
  let pool: ConnectionPool

  func reply(to command: RedisCommand, until deadline: UInt64) async throws(RedisClientError) -> RESPValue {
    guard let connection = pool.connection() else {
      let connection = try await pool.connection(until: deadline)
      return try await reply(to: command.within(deadline), connection)
    }
    return try await reply(to: command, connection)
  }

  func outcomes(of commands: [RedisCommand], until deadline: UInt64) async -> [Outcome] {
    do throws(RedisClientError) {
      guard let connection = pool.connection() else {
        let connection = try await pool.connection(until: deadline)
        return try await replies(to: commands.map { $0.within(deadline) }, connection).map(Outcome.success)
      }
      return try await replies(to: commands, connection).map(Outcome.success)
    } catch {
      return [Outcome](error, for: commands)
    }
  }

  private func reply(
    to command: RedisCommand, _ connection: RedisConnection
  ) async throws(RedisClientError) -> RESPValue {
    let reply = try await connection.reply(to: command)
    if case .error(let error) = reply { leaveIfDemoted(connection, error) }
    return reply
  }

  private func replies(
    to commands: [RedisCommand], _ connection: RedisConnection
  ) async throws(RedisClientError) -> [RESPValue] {
    let replies = try await connection.sendMany(commands)
    for case .error(let error) in replies { leaveIfDemoted(connection, error) }
    return replies
  }

  var masters: [RedisConnection] { pool.ready.first.map { [$0] } ?? [] }

  func connection(forKey key: String) -> RedisConnection? { pool.connection() }

  func endpoint(forKey key: String?, until deadline: UInt64) async throws(RedisClientError) -> RedisEndpoint {
    try await pool.target.find()
  }

  func scanTargets(until deadline: UInt64) async throws(RedisClientError) -> [RedisEndpoint] {
    [try await pool.connection(until: deadline).endpoint]
  }

  func reply(
    to command: RedisCommand, at endpoint: RedisEndpoint, until deadline: UInt64
  ) async throws(RedisClientError) -> RESPValue {
    try await reply(to: command, until: deadline)
  }

  var subscriptionTarget: ConnectionPool.Target { pool.target }

  func start() { pool.start() }

  func shutDown() { pool.shutDown() }

  /// How long a connection is kept in any case. Longer than the pool takes to call it stable, so that its loss does not
  /// count as a failed try.
  private static let leastAge = TimeAmount.milliseconds(1500)

  /// A server that has become a replica is left: a new connection finds the master, where that can be found. Where it is
  /// the same server again it still answers reads, and is asked again at each refusal after a while.
  private func leaveIfDemoted(_ connection: RedisConnection, _ error: RedisServerError) {
    guard error.message.hasPrefix("READONLY") || error.message.hasPrefix("MASTERDOWN") else { return }
    guard NIODeadline.now() - connection.openedAt >= Self.leastAge else { return }
    connection.retire(RedisClientError(.notMaster, "the server is not a master any more", place: connection.place))
  }
}

extension RedisCommand {
  /// The same command with what is left of its time, a part of which has gone by in waiting for a connection.
  func within(_ deadline: UInt64) -> RedisCommand {
    let now = ConnectionPool.now
    var command = self
    command.timeout = .nanoseconds(Int64(clamping: deadline > now ? deadline - now : 0))
    return command
  }
}
