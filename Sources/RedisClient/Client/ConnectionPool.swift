import NIOCore
import Synchronization

/// The connections to one server: kept up, shared by all commands.
final class ConnectionPool: Sendable {
  typealias Waiter = UnsafeContinuation<Result<RedisConnection, RedisClientError>, Never>
  typealias Machine = PoolStateMachine<RedisConnection, Waiter>

  /// Where to connect, asked before every try, and what the server must be.
  struct Target: Sendable {
    /// Names the target in logs while no address is known.
    let name: String
    let find: @Sendable () async throws(RedisClientError) -> RedisEndpoint
    /// Throws when what answered is not what was looked for.
    let check: @Sendable (RedisServerIdentity, RedisEndpoint) async throws(RedisClientError) -> Void

    /// Sends what a connection needs before it is used.
    var prepare: @Sendable (RedisConnection) async throws(RedisClientError) -> Void = {
      _ throws(RedisClientError) in
    }
    /// Gets what the server sends without being asked; nil where it must not.
    var onPush: (@Sendable (RESPValue) -> Void)?
    /// Called when a connection that was in use is gone.
    var onLoss: @Sendable () -> Void = {}

    /// A server at a fixed address, whatever it is.
    static func fixed(_ endpoint: RedisEndpoint) -> Target {
      let find: @Sendable () async throws(RedisClientError) -> RedisEndpoint = { endpoint }
      return Target(name: "\(endpoint)", find: find, check: { _, _ throws(RedisClientError) in })
    }
  }

  let target: Target
  private let settings: ConnectionSettings
  private let eventLoops: [any EventLoop]
  private let journal: ConnectionJournal
  private let jitter: @Sendable () -> Double
  private let machine: Mutex<Machine>

  /// - Parameter lines: how many connections.
  init(
    _ target: Target, lines: Int, settings: ConnectionSettings, configuration: RedisConfiguration,
    eventLoops: [any EventLoop], journal: ConnectionJournal
  ) {
    self.target = target
    self.settings = settings
    self.eventLoops = eventLoops
    self.journal = journal
    jitter = configuration.jitter
    machine = Mutex(
      Machine(lines: lines, schedule: configuration.backOff, maximumWaiters: configuration.maxQueuedCommands))
  }

  /// The connections that can be used now.
  var ready: [RedisConnection] { machine.withLock { $0.ready } }

  /// Begins to connect.
  func start() { perform { $0.start() } }

  /// A connection that can be used now; nil when none can.
  func connection() -> RedisConnection? { machine.withLock { $0.connection() } }

  /// A connection, waiting for one until a time if need be.
  func connection(until deadline: UInt64) async throws(RedisClientError) -> RedisConnection {
    if let connection = connection() { return connection }
    start()
    let number = Mutex<Int?>(nil)
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: Waiter) in
        let lease = machine.withLock { machine in
          if Task.isCancelled { return Machine.Lease?.none }
          let lease = machine.lease(continuation, until: deadline)
          if case .queued(let place) = lease { number.withLock { $0 = place } }
          return lease
        }
        answer(continuation, lease, until: deadline)
      }
    } onCancel: {
      let waiter = machine.withLock { machine in number.withLock { $0 }.flatMap { machine.abandon($0) } }
      waiter?.resume(returning: .failure(RedisClientError(.cancelled, "the caller was cancelled", place: target.name)))
    }
    return try result.get()
  }

  private func answer(_ waiter: Waiter, _ lease: Machine.Lease?, until deadline: UInt64) {
    switch lease {
    case nil: refuse(waiter, .cancelled, "the caller was cancelled")
    case .connection(let connection): waiter.resume(returning: .success(connection))
    case .hopeless: refuse(waiter, .notConnected, "no connection to Redis")
    case .queueFull: refuse(waiter, .queueFull, "too many commands wait for a connection to Redis")
    case .shutDown: refuse(waiter, .shutDown, "the client is shut down")
    case .queued(let number):
      eventLoops[0].scheduleTask(deadline: .uptimeNanoseconds(deadline)) { [self] in
        guard let waiter = machine.withLock({ $0.abandon(number) }) else { return }
        refuse(waiter, .notConnected, "no connection to Redis in time")
      }
    }
  }

  private func refuse(_ waiter: Waiter, _ code: RedisClientError.Code, _ message: String) {
    waiter.resume(returning: .failure(RedisClientError(code, message, place: target.name)))
  }

  /// Leaves every server but one, and looks for the right one at once.
  func leaveAll(but endpoint: RedisEndpoint) {
    for connection in ready where connection.endpoint != endpoint {
      connection.close(RedisClientError(.notMaster, "the master has moved", place: connection.place))
    }
    perform { $0.seek() }
  }

  /// Ends all connections for ever.
  /// - Parameter draining: whether commands under way may still be answered.
  func shutDown(draining: Bool = false) { perform(draining: draining) { $0.shutDown() } }

  /// Gives the machine an event and does what it asks for.
  private func perform(draining: Bool = false, _ event: (inout Machine) -> Machine.Actions) {
    perform(machine.withLock { event(&$0) }, draining: draining)
  }

  private func perform(_ actions: Machine.Actions, draining: Bool = false) {
    for connection in actions.close {
      let reason = RedisClientError(.connectionClosed(.notSent), "closed", place: connection.place)
      if draining { connection.retire(reason) } else { connection.close(reason) }
    }
    for waiter in actions.refuse { refuse(waiter, .shutDown, "the client is shut down") }
    for (waiter, connection) in actions.serve { waiter.resume(returning: .success(connection)) }
    for (line, attempt) in actions.connect { Task { await connect(line, attempt) } }
    for (line, delay) in actions.schedule {
      journal.record(.reconnecting(after: delay), at: target.name)
      eventLoops[line % eventLoops.count].scheduleTask(in: delay.timeAmount) { [self] in
        perform { $0.isDue(line, now: Self.now) }
      }
    }
  }

  private func connect(_ line: Int, _ attempt: Int) async {
    do throws(RedisClientError) {
      let endpoint = try await target.find()
      journal.record(.connecting, at: "\(endpoint)")
      let connection = try await RedisConnection.connect(
        to: endpoint, settings: settings, on: eventLoops[line % eventLoops.count], onPush: target.onPush,
        onClose: { [weak self] connection, reason in self?.lost(line, connection, reason) })
      do throws(RedisClientError) {
        try await target.check(connection.identity, endpoint)
        try await target.prepare(connection)
      } catch {
        connection.close()
        throw error
      }
      let actions = machine.withLock { $0.connected(line, attempt, connection, now: Self.now) }
      guard let actions else { return connection.close() }
      journal.record(.ready(connection.identity), at: "\(endpoint)")
      perform(actions)
      // What was lost before the machine knew of it is lost now.
      if let reason = connection.closeReason { lost(line, connection, reason) }
    } catch {
      let actions = machine.withLock { $0.failed(line, attempt, now: Self.now, jitter: jitter()) }
      guard let actions else { return }
      journal.record(.error(error), at: error.place.isEmpty ? target.name : error.place)
      perform(actions)
    }
  }

  private func lost(_ line: Int, _ connection: RedisConnection, _ reason: RedisClientError) {
    let actions = machine.withLock { $0.lost(line, connection, now: Self.now, jitter: jitter()) }
    guard let actions else { return }
    journal.record(.closed(reason), at: connection.place)
    target.onLoss()
    perform(actions)
  }

  /// Of the same clock as the event loops'.
  static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }
}
