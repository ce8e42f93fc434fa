import NIOCore

/// Commands go to the master that holds their keys' slot, and follow it when it moves.
final class ClusterRouter: CommandRouter {
  /// How often one command follows redirections or waits for a slot to be served.
  private static let maximumHops = 64
  /// How long a command waits for a connection to one server before it looks whether another has taken over.
  private static let patience = Duration.milliseconds(250)
  /// How long it waits before it asks a cluster again that could not serve a slot.
  private static let pause = Duration.milliseconds(50)

  let topology: ClusterTopology

  init(_ topology: ClusterTopology) { self.topology = topology }

  func start() { topology.start() }

  func shutDown() { topology.shutDown() }

  func reply(to command: RedisCommand, until deadline: UInt64) async throws(RedisClientError) -> RESPValue {
    if let split = CommandSplit(command) {
      let outcomes = await self.outcomes(of: split.commands, until: deadline)
      return split.gather(try outcomes.replies(to: split.commands))
    }
    let slot = try Self.slot(of: [command])
    if command.effect == .reads, let slot, let reply = await replicaReply(to: command, slot) { return reply }
    return try await perform([command], slot: slot, until: deadline)[0]
  }

  func outcomes(of commands: [RedisCommand], until deadline: UInt64) async -> [Outcome] {
    do throws(RedisClientError) {
      if commands.contains(where: { $0.name.uppercased() == "MULTI" }) {
        return try await perform(commands, slot: Self.slot(of: commands), until: deadline).map(Outcome.success)
      }
      return await outcomes(of: commands, groupedBy: try groups(commands), until: deadline)
    } catch {
      return [Outcome](error, for: commands)
    }
  }

  /// The places of commands in their batch, by the server they go to; nil for those that go by no server.
  private func groups(_ commands: [RedisCommand]) throws(RedisClientError) -> [RedisEndpoint?: [Int]] {
    var groups: [RedisEndpoint?: [Int]] = [:]
    for (index, command) in commands.enumerated() {
      // What has to be split itself goes by no server.
      let slot = CommandSplit(command) == nil ? try Self.slot(of: [command]) : nil
      groups[slot.flatMap { topology.map.shard(of: $0)?.master }, default: []].append(index)
    }
    return groups
  }

  private func outcomes(
    of commands: [RedisCommand], groupedBy groups: [RedisEndpoint?: [Int]], until deadline: UInt64
  ) async -> [Outcome] {
    await withTaskGroup { group in
      for (endpoint, indexes) in groups {
        group.addTask { [self] in (indexes, await outcomes(of: indexes.map { commands[$0] }, at: endpoint, deadline)) }
      }
      var all = [Outcome](repeating: .success(.null), count: commands.count)
      for await (indexes, found) in group {
        for (index, outcome) in zip(indexes, found) { all[index] = outcome }
      }
      return all
    }
  }

  /// Sends commands that belong to one server, in one write. What is redirected goes its own way afterwards.
  private func outcomes(
    of commands: [RedisCommand], at endpoint: RedisEndpoint?, _ deadline: UInt64
  ) async -> [Outcome] {
    guard let endpoint, let connection = topology.pool(endpoint).connection() else {
      return await oneByOne(commands, deadline)
    }
    let replies: [RESPValue]
    do throws(RedisClientError) {
      replies = try await connection.sendMany(commands)
    } catch {
      guard error.isNotSent || (error.isLost && commands.allSatisfy { $0.effect != .once }) else {
        return [Outcome](error, for: commands)
      }
      return await oneByOne(commands, deadline)
    }
    var outcomes = replies.map(Outcome.success)
    for (index, reply) in replies.enumerated() {
      guard case .error(let error) = reply, Redirection(error, from: endpoint) != nil else { continue }
      // What is too late for another server stays refused by this one.
      guard ConnectionPool.now < deadline else { break }
      outcomes[index] = await outcome(of: commands[index].within(deadline), until: deadline)
    }
    return outcomes
  }

  private func oneByOne(_ commands: [RedisCommand], _ deadline: UInt64) async -> [Outcome] {
    var outcomes: [Outcome] = []
    for command in commands {
      guard outcomes.isEmpty || ConnectionPool.now < deadline else {
        outcomes.append(.failure(RedisClientError(.notConnected, "it was not its turn in time", place: command.name)))
        continue
      }
      outcomes.append(await outcome(of: command.within(deadline), until: deadline))
    }
    return outcomes
  }

  private func outcome(of command: RedisCommand, until deadline: UInt64) async -> Outcome {
    do throws(RedisClientError) {
      return .success(try await reply(to: command, until: deadline))
    } catch {
      return .failure(error)
    }
  }

  /// Sends commands that belong to one slot (nil: to any master) until a server has executed them.
  private func perform(
    _ commands: [RedisCommand], slot: Int?, until deadline: UInt64
  ) async throws(RedisClientError) -> [RESPValue] {
    var asking: RedisEndpoint?
    var failure = RedisClientError(.noServer, "no server of the cluster is known for the slot")
    for hop in 0..<Self.maximumHops {
      if hop > 0, asking == nil, ConnectionPool.now >= deadline { break }
      guard let connection = try await connection(slot, asking, until: deadline, failure: &failure) else { continue }
      let replies: [RESPValue]
      do throws(RedisClientError) {
        let commands = hop == 0 ? commands : commands.map { $0.within(deadline) }
        replies = try await Self.send(commands, isAsking: asking != nil, connection)
      } catch {
        _ = topology.refresh()
        asking = nil
        guard error.code == .connectionClosed(.notSent) else { throw error }
        failure = error
        continue
      }
      guard let redirection = Self.redirection(replies, connection) else { return replies }
      asking = nil
      failure = .server(redirection.error, place: connection.place)
      switch redirection.kind {
      case .moved(let slot, let endpoint): topology.move(slot, to: endpoint)
      case .ask(let endpoint): asking = endpoint
      case .tryAgain: try await pause()
      case .down:
        _ = topology.refresh()
        try await pause()
      }
    }
    throw failure
  }

  /// A connection to the server that holds a slot; nil when there is none for now, after a pause.
  private func connection(
    _ slot: Int?, _ asking: RedisEndpoint?, until deadline: UInt64, failure: inout RedisClientError
  ) async throws(RedisClientError) -> RedisConnection? {
    let map = topology.map
    guard let endpoint = asking ?? (slot.map { map.shard(of: $0)?.master } ?? anyMaster(map)) else {
      guard !topology.isShutDown else { throw RedisClientError(.shutDown, "the client is shut down") }
      guard ConnectionPool.now < deadline else { throw failure }
      await topology.refreshed(until: deadline)
      if topology.map == map { try await pause() }
      return nil
    }
    let pool = topology.pool(endpoint)
    if let connection = pool.connection() { return connection }
    do throws(RedisClientError) {
      return try await pool.connection(until: min(deadline, ConnectionPool.now + Self.patience.clampedNanoseconds))
    } catch {
      guard error.code == .notConnected || error.code == .shutDown, !topology.isShutDown else { throw error }
      guard ConnectionPool.now < deadline else { throw error }
      failure = error
      await topology.refreshed(until: deadline)
      try await pause()
      return nil
    }
  }

  private func anyMaster(_ map: SlotMap) -> RedisEndpoint? {
    topology.masters.randomElement()?.endpoint ?? map.masters.randomElement()
  }

  private static func send(
    _ commands: [RedisCommand], isAsking: Bool, _ connection: RedisConnection
  ) async throws(RedisClientError) -> [RESPValue] {
    if isAsking {
      let asking = RedisCommand(words: ["ASKING"], effect: .idempotent)
      let replies = try await connection.sendMany(commands.flatMap { [asking, $0] })
      return stride(from: 1, to: replies.count, by: 2).map { replies[$0] }
    }
    if commands.count == 1 { return [try await connection.reply(to: commands[0])] }
    return try await connection.sendMany(commands)
  }

  /// The first redirection among replies; then none of the commands, or of their transaction, was executed.
  private static func redirection(
    _ replies: [RESPValue], _ connection: RedisConnection
  ) -> (kind: Redirection, error: RedisServerError)? {
    for case .error(let error) in replies {
      if let kind = Redirection(error, from: connection.endpoint) { return (kind, error) }
    }
    return nil
  }

  /// A replica's answer; nil when the master is to be asked.
  private func replicaReply(to command: RedisCommand, _ slot: Int) async -> RESPValue? {
    guard let connection = topology.replicaPool(ofSlot: slot)?.connection(),
      // What a replica cannot answer, the master can.
      let reply = try? await connection.reply(to: command)
    else { return nil }
    if case .error(let error) = reply, Redirection(error, from: connection.endpoint) != nil || error.prefix == "LOADING"
    {
      return nil
    }
    return reply
  }

  private func pause() async throws(RedisClientError) {
    do {
      try await Task.sleep(for: Self.pause)
    } catch {
      throw RedisClientError(.cancelled, "the caller was cancelled")
    }
  }

  /// The slot of all keys; nil when there are none.
  private static func slot(of commands: [RedisCommand]) throws(RedisClientError) -> Int? {
    var slot: Int?
    for command in commands {
      for key in command.keyArguments {
        let other = HashSlot.of(key)
        guard slot == nil || slot == other else {
          throw RedisClientError(.crossSlot, "the keys of one command are in different slots", place: command.name)
        }
        slot = other
      }
    }
    return slot
  }
}

extension RedisClientError {
  /// Whether the connection went away.
  fileprivate var isLost: Bool {
    if case .connectionClosed = code { return true }
    return false
  }
}
