/// The cluster's servers one by one.
extension ClusterRouter {
  var isConnected: Bool {
    let map = topology.map
    return map.isComplete && topology.masters.count == map.shards.count
  }

  var masters: [RedisConnection] { topology.masters }

  func connection(forKey key: String) -> RedisConnection? {
    guard let endpoint = topology.map.shard(of: HashSlot.of(.string(key)))?.master else { return nil }
    return topology.pool(endpoint).connection()
  }

  func endpoint(forKey key: String?, until deadline: UInt64) async throws(RedisClientError) -> RedisEndpoint {
    let masters = try await scanTargets(until: deadline)
    let owner = key.flatMap { topology.map.shard(of: HashSlot.of(.string($0)))?.master }
    guard let endpoint = owner ?? masters.first else {
      throw RedisClientError(.noServer, "no server of the cluster is known")
    }
    return endpoint
  }

  func scanTargets(until deadline: UInt64) async throws(RedisClientError) -> [RedisEndpoint] {
    while topology.map.shards.isEmpty {
      await topology.refreshed(until: deadline)
      if !topology.map.shards.isEmpty { break }
      guard !topology.isShutDown else { throw RedisClientError(.shutDown, "the client is shut down") }
      guard ConnectionPool.now < deadline else {
        throw RedisClientError(.noServer, "no server of the cluster answers")
      }
      do {
        try await Task.sleep(for: .milliseconds(50))
      } catch {
        throw RedisClientError(.cancelled, "the caller was cancelled")
      }
    }
    return topology.map.masters
  }

  func reply(
    to command: RedisCommand, at endpoint: RedisEndpoint, until deadline: UInt64
  ) async throws(RedisClientError) -> RESPValue {
    try await topology.pool(endpoint).connection(until: deadline).reply(to: command)
  }

  var subscriptionTarget: ConnectionPool.Target {
    let topology = topology
    let find: @Sendable () async throws(RedisClientError) -> RedisEndpoint = { () throws(RedisClientError) in
      guard let endpoint = topology.masters.randomElement()?.endpoint ?? topology.anyEndpoint else {
        throw RedisClientError(.noServer, "no server of the cluster is known")
      }
      return endpoint
    }
    return ConnectionPool.Target(name: "cluster", find: find) { _, _ throws(RedisClientError) in }
  }

  func trackingTargets(
    until deadline: UInt64
  ) async throws(RedisClientError) -> [(endpoint: RedisEndpoint?, target: ConnectionPool.Target)] {
    try await scanTargets(until: deadline).map { ($0, .fixed($0)) }
  }

  func onMastersChange(_ listener: @escaping @Sendable ([RedisEndpoint]) -> Void) { topology.onChange(listener) }
}
