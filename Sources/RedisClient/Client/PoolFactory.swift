import NIOCore

/// Makes a client's pools, and the router that its topology calls for.
struct PoolFactory: Sendable {
  let configuration: RedisConfiguration
  let settings: ConnectionSettings
  let eventLoops: [any EventLoop]
  let journal: ConnectionJournal

  /// - Parameter isReadOnly: tells a cluster's replica to answer reads.
  func pool(_ target: ConnectionPool.Target, lines: Int, isReadOnly: Bool = false) -> ConnectionPool {
    var settings = settings
    settings.isReadOnly = isReadOnly
    return ConnectionPool(
      target, lines: lines, settings: settings, configuration: configuration, eventLoops: eventLoops, journal: journal)
  }

  func router() -> any CommandRouter {
    let lines = configuration.connections
    switch configuration.topology {
    case .standalone(let endpoint): return SingleMasterRouter(pool: pool(.fixed(endpoint), lines: lines))
    case .sentinel(let sentinels):
      let directory = SentinelDirectory(sentinels, settings: settings, eventLoop: eventLoops[0])
      return SentinelRouter(directory, readsFromReplicas: configuration.readFrom == .replica) {
        pool($0, lines: lines)
      } makeWatch: {
        ConnectionPool(
          $0, lines: 1, settings: directory.settings, configuration: configuration, eventLoops: eventLoops,
          journal: journal)
      }
    case .cluster(let seeds):
      return ClusterRouter(
        ClusterTopology(
          seeds: seeds, settings: settings, eventLoop: eventLoops[0], usesReplicas: configuration.readFrom == .replica
        ) { target, isReadOnly in
          pool(target, lines: lines, isReadOnly: isReadOnly)
        })
    }
  }
}
