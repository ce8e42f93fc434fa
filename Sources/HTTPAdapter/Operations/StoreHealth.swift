package import Kernel

/// How one of the named stores that instances share is.
package struct StoreHealth: Encodable, Sendable {
  /// One server of it.
  package struct Node: Encodable, Sendable {
    let host: String
    let port: Int
    let runId: String?

    package init(host: String, port: Int, runId: String?) {
      self.host = host
      self.port = port
      self.runId = runId
    }
  }

  /// What its master says of itself; in a cluster any of them.
  package struct Load: Codable, Sendable {
    let version: String?
    let memoryUsed: String?
    let memoryUsedBytes: Int?
    let memoryLimitBytes: Int?
    let evictionPolicy: String?
    let connectedClients: Int?
    let operationsPerSecond: Int?
    let evictedKeys: Int?
    let expiredKeys: Int?
    let keyspaceHits: Int?
    let keyspaceMisses: Int?

    /// Reads the fields of INFO.
    package init(_ info: [String: String]) {
      version = info["redis_version"]
      memoryUsed = info["used_memory_human"]
      memoryUsedBytes = info["used_memory"].flatMap { Int($0) }
      memoryLimitBytes = info["maxmemory"].flatMap { Int($0) }
      evictionPolicy = info["maxmemory_policy"]
      connectedClients = info["connected_clients"].flatMap { Int($0) }
      operationsPerSecond = info["instantaneous_ops_per_sec"].flatMap { Int($0) }
      evictedKeys = info["evicted_keys"].flatMap { Int($0) }
      expiredKeys = info["expired_keys"].flatMap { Int($0) }
      keyspaceHits = info["keyspace_hits"].flatMap { Int($0) }
      keyspaceMisses = info["keyspace_misses"].flatMap { Int($0) }
    }
  }

  /// `cache`, `session` or `realtime`; those in one place are named together, with commas.
  package let name: String
  /// `standalone`, `sentinel` or `cluster`.
  package let mode: String
  /// Whether it answered just now.
  package let healthy: Bool
  /// `ready`, `connecting`, `reconnecting` or `error`.
  package let connectionStatus: String
  @ExplicitNull package var responseTimeMs: Double?
  package let reconnectAttempts: Int
  package let errors: Int
  @ExplicitNull package var lastError: String?
  @ExplicitNull package var lastErrorTime: String?
  package let nodes: [Node]
  @ExplicitNull package var load: Load?

  package init(
    name: String, mode: String, healthy: Bool, connectionStatus: String, responseTimeMs: Double?,
    reconnectAttempts: Int, errors: Int, lastError: String?, lastErrorTime: String?, nodes: [Node], load: Load?
  ) {
    self.name = name
    self.mode = mode
    self.healthy = healthy
    self.connectionStatus = connectionStatus
    self.responseTimeMs = responseTimeMs
    self.reconnectAttempts = reconnectAttempts
    self.errors = errors
    self.lastError = lastError
    self.lastErrorTime = lastErrorTime
    self.nodes = nodes
    self.load = load
  }
}
