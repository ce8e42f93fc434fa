import NIOCore
import Synchronization

/// The slot map of a cluster, kept up to date, and a pool for every server in it.
final class ClusterTopology: Sendable {
  /// How long one server may take to say how the cluster is arranged.
  private static let patience = Duration.seconds(1)
  /// How often the topology is looked at: the map is asked for every 15th time, and while a master is out of reach every
  /// time.
  private static let interval = TimeAmount.seconds(1)
  private static let lookedAt = 15

  private struct State {
    var map = SlotMap()
    var masters: [RedisEndpoint: ConnectionPool] = [:]
    var replicas: [RedisEndpoint: ConnectionPool] = [:]
    var refresh: Task<Void, Never>?
    var refreshes = 0
    var listeners: [@Sendable ([RedisEndpoint]) -> Void] = []
    var isShutDown = false
  }

  private let seeds: [RedisEndpoint]
  private let settings: ConnectionSettings
  private let eventLoop: any EventLoop
  private let usesReplicas: Bool
  private let makePool: @Sendable (ConnectionPool.Target, _ isReadOnly: Bool) -> ConnectionPool
  private let state = Mutex(State())

  /// - Parameters:
  ///   - seeds: servers to ask first; any of the cluster.
  ///   - makePool: makes a pool of connections to one server; read-only ones may be to replicas.
  init(
    seeds: [RedisEndpoint], settings: ConnectionSettings, eventLoop: any EventLoop, usesReplicas: Bool,
    makePool: @escaping @Sendable (ConnectionPool.Target, _ isReadOnly: Bool) -> ConnectionPool
  ) {
    self.seeds = seeds
    var settings = settings
    settings.connectTimeout = min(settings.connectTimeout, Self.patience)
    settings.commandTimeout = min(settings.commandTimeout, Self.patience)
    self.settings = settings
    self.eventLoop = eventLoop
    self.usesReplicas = usesReplicas
    self.makePool = makePool
  }

  /// What is known now.
  var map: SlotMap { state.withLock { $0.map } }

  /// How often the map was asked for.
  var refreshes: Int { state.withLock { $0.refreshes } }

  /// Asks for the map now and then, from now on.
  func start() {
    _ = refresh()
    look(turn: 1)
  }

  private func look(turn: Int) {
    eventLoop.scheduleTask(in: Self.interval) { [weak self] in
      guard let self, !self.isShutDown else { return }
      if turn % Self.lookedAt == 0 || self.masters.count < self.map.shards.count { _ = self.refresh() }
      self.look(turn: turn + 1)
    }
  }

  /// The pool of a master, made when it is not there.
  func pool(_ endpoint: RedisEndpoint) -> ConnectionPool { pool(endpoint, isReadOnly: false) }

  /// The pool of a replica of a slot's master; nil when it has none or replicas are not used.
  func replicaPool(ofSlot slot: Int) -> ConnectionPool? {
    guard usesReplicas, let endpoint = map.shard(of: slot)?.replicas.randomElement() else { return nil }
    return pool(endpoint, isReadOnly: true)
  }

  private func pool(_ endpoint: RedisEndpoint, isReadOnly: Bool) -> ConnectionPool {
    let (pool, isNew) = state.withLock { state in
      if let pool = isReadOnly ? state.replicas[endpoint] : state.masters[endpoint] { return (pool, false) }
      let pool = makePool(.fixed(endpoint), isReadOnly)
      if state.isShutDown {
        pool.shutDown()
      } else if isReadOnly {
        state.replicas[endpoint] = pool
      } else {
        state.masters[endpoint] = pool
      }
      return (pool, true)
    }
    if isNew { pool.start() }
    return pool
  }

  /// A connection to each master of the map that has one ready.
  var masters: [RedisConnection] {
    let pools = state.withLock { state in state.map.masters.map { state.masters[$0] } }
    return pools.compactMap { $0?.connection() }
  }

  /// A server says that a slot is another's. The rest of the map may be old as well.
  func move(_ slot: Int, to endpoint: RedisEndpoint) {
    state.withLock { $0.map.move(slot, to: endpoint) }
    _ = refresh()
  }

  /// Calls back with the masters whenever they have changed.
  func onChange(_ listener: @escaping @Sendable ([RedisEndpoint]) -> Void) {
    state.withLock { $0.listeners.append(listener) }
  }

  /// Asks for the map, unless that is being done; the task ends when the map is there, or when nobody could tell.
  func refresh() -> Task<Void, Never>? {
    state.withLock { state in
      guard !state.isShutDown else { return nil }
      if let task = state.refresh { return task }
      state.refreshes += 1
      let task = Task { [weak self] in
        guard let self else { return }
        let map = await self.ask()
        self.adopt(map)
      }
      state.refresh = task
      return task
    }
  }

  /// Waits for the map that is being asked for, until `deadline` (ticks in nanoseconds) or the caller's cancellation.
  func refreshed(until deadline: UInt64) async {
    guard let task = refresh() else { return }
    let isOver = eventLoop.makePromise(of: Void.self)
    Task {
      await task.value
      isOver.succeed()
    }
    let now = ConnectionPool.now
    let timer = eventLoop.scheduleTask(in: .nanoseconds(Int64(clamping: deadline > now ? deadline - now : 0))) {
      isOver.succeed()
    }
    await withTaskCancellationHandler {
      // It can only succeed.
      try? await isOver.futureResult.get()
    } onCancel: {
      isOver.succeed()
    }
    timer.cancel()
  }

  /// Asks servers in turn: those that are connected, then those that are known, then the seeds.
  private func ask() async -> SlotMap? {
    let (connected, known) = state.withLock { state in
      (state.masters.values.compactMap { $0.connection() }, state.map.shards.flatMap { [$0.master] + $0.replicas })
    }
    var command = RedisCommand("CLUSTER", ["SLOTS"], effect: .reads)
    command.timeout = settings.commandTimeout
    var asked: Set<RedisEndpoint> = []
    for connection in connected.shuffled() {
      asked.insert(connection.endpoint)
      if let map = await Self.map(command, connection), map.isComplete { return map }
    }
    var incomplete: SlotMap?
    for endpoint in known.shuffled() + seeds where asked.insert(endpoint).inserted || known.isEmpty {
      // A server that cannot be reached is what the others are asked for.
      guard let connection = try? await RedisConnection.connect(to: endpoint, settings: settings, on: eventLoop) else {
        continue
      }
      defer { connection.close() }
      guard let map = await Self.map(command, connection) else { continue }
      if map.isComplete { return map }
      incomplete = incomplete ?? map
    }
    return incomplete
  }

  private static func map(_ command: RedisCommand, _ connection: RedisConnection) async -> SlotMap? {
    // A server that does not answer is passed over.
    guard let reply = try? await connection.reply(to: command) else { return nil }
    return SlotMap(reply, from: connection.endpoint)
  }

  /// Takes a new map: makes pools for new masters, gives up those of servers that are gone.
  private func adopt(_ map: SlotMap?) {
    let (gone, listeners): ([ConnectionPool], [@Sendable ([RedisEndpoint]) -> Void]) = state.withLock { state in
      state.refresh = nil
      // A server that has just been started, or was told to forget, knows no cluster: that is no change of this one.
      guard let map, !map.shards.isEmpty, !state.isShutDown else { return ([], []) }
      let hasChanged = Set(map.masters) != Set(state.map.masters)
      state.map = map
      let masters = Set(map.masters)
      let replicas = Set(map.shards.flatMap(\.replicas))
      let gone =
        state.masters.filter { !masters.contains($0.key) }.map(\.value)
        + state.replicas.filter { !replicas.contains($0.key) }.map(\.value)
      state.masters = state.masters.filter { masters.contains($0.key) }
      state.replicas = state.replicas.filter { replicas.contains($0.key) }
      return (gone, hasChanged ? state.listeners : [])
    }
    for pool in gone { pool.shutDown(draining: true) }
    guard let map else { return }
    for master in map.masters { _ = pool(master) }
    for listener in listeners { listener(map.masters) }
  }

  func shutDown() {
    let (pools, refresh) = state.withLock { state in
      state.isShutDown = true
      defer { (state.masters, state.replicas, state.listeners) = ([:], [:], []) }
      return (Array(state.masters.values) + Array(state.replicas.values), state.refresh)
    }
    refresh?.cancel()
    for pool in pools { pool.shutDown() }
  }

  /// Whether the topology is of no more use.
  var isShutDown: Bool { state.withLock { $0.isShutDown } }

  /// A server to connect to where any will do.
  var anyEndpoint: RedisEndpoint? { map.masters.randomElement() ?? seeds.randomElement() }
}
