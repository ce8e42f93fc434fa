import Synchronization

/// One server's pools, made when they are first needed.
final class RoutedServer: Sendable {
  private struct Pools {
    var reads: PostgresNode?
    var writes: PostgresPool?
    var isShutDown = false
  }

  let address: PostgresServerAddress
  /// Health checks do not wait behind other calls.
  let probe: PostgresPool
  let inFlight = Atomic<Int>(0)
  private let settings: PostgresRouterSettings
  private let loop: PostgresEventLoop
  private let log: PostgresQueryLog?
  private let pools = Mutex(Pools())

  init(
    address: PostgresServerAddress, settings: PostgresRouterSettings, loop: PostgresEventLoop, log: PostgresQueryLog?
  ) {
    self.log = log
    self.address = address
    self.settings = settings
    self.loop = loop
    var one = settings.pool
    one.minimum = 0
    one.maximum = 1
    one.connectAttempts = 1
    one.connectRetryDelay = .milliseconds(100)
    one.connectTimeout = min(one.connectTimeout, settings.healthDeadline)
    one.idleTimeout = settings.healthInterval * 3
    probe = PostgresPool(url: address.url, settings: one, loop: loop)
  }

  /// For reads: pool and shared connections.
  var reads: PostgresNode {
    pools.withLock { pools in
      if let reads = pools.reads { return reads }
      let reads = PostgresNode(url: address.url, settings: settings.pool, lane: settings.lane, loop: loop, log: log)
      if pools.isShutDown { reads.shutDown() }
      pools.reads = reads
      return reads
    }
  }

  /// For writes.
  var writes: PostgresPool {
    pools.withLock { pools in
      if let writes = pools.writes { return writes }
      let writes = PostgresPool(url: address.url, settings: settings.pool, loop: loop, log: log)
      if pools.isShutDown { writes.shutDown() }
      pools.writes = writes
      return writes
    }
  }

  /// Closes the connections for writes at once: the server is no longer primary, and must not commit what it holds.
  func disconnectWrites() {
    let writes = pools.withLock { pools in
      defer { pools.writes = nil }
      return pools.writes
    }
    writes?.disconnect()
  }

  func shutDown() {
    probe.shutDown()
    pools.withLock { pools in
      pools.isShutDown = true
      pools.reads?.shutDown()
      pools.writes?.shutDown()
    }
  }

  /// Statistics of the pools that were made.
  var statistics: (reads: PostgresPoolStatistics?, writes: PostgresPoolStatistics?, lane: PostgresLaneStatistics?) {
    pools.withLock { ($0.reads?.pool.statistics, $0.writes?.statistics, $0.reads?.laneStatistics) }
  }
}
