import TestServers

/// The ways in which Redis can be arranged and named in settings.
enum Arrangement: String, CaseIterable {
  case url, host, lazy, encrypted, sentinelList, sentinelObjects, clusterList, clusterObjects

  /// Running servers, and what tells the program of them.
  struct Running: Sendable {
    /// Those that hold keys.
    let servers: [RedisServer]
    let settings: [String: String]
    /// What must live as long.
    var others: (any Sendable)?

    /// How many keys of the catalog they hold.
    func catalogKeys() async throws -> Int {
      var count = 0
      for server in servers {
        let keys = try await server.cli("KEYS", "tenantry:catalog:*").split(separator: "\n")
        count += keys.count { $0.hasPrefix("tenantry:catalog:{") }
      }
      return count
    }
  }

  func start() async throws -> Running {
    switch self {
    case .url:
      let server = try await Self.server()
      return Running(
        servers: [server], settings: ["REDIS_URL": "redis://:\(ServedDatabase.canary)@127.0.0.1:\(server.port)"])
    case .host, .lazy:
      let server = try await Self.server()
      return Running(
        servers: [server],
        settings: [
          "REDIS_HOST": "127.0.0.1", "REDIS_PORT": "\(server.port)", "REDIS_USERNAME": "default",
          "REDIS_PASSWORD": ServedDatabase.canary, "REDIS_LAZY_CONNECT": self == .lazy ? "on" : "off",
        ])
    case .encrypted:
      let certificates = try await TestCertificates.make()
      let server = try await Self.server(certificates)
      return Running(
        servers: [server],
        settings: [
          "REDIS_URL": "rediss://:\(ServedDatabase.canary)@127.0.0.1:\(server.tlsPort)",
          "REDIS_TLS_CA_FILE": certificates.authority,
        ])
    case .sentinelList, .sentinelObjects:
      let group = try await SentinelGroup(password: ServedDatabase.canary, sentinelPassword: ServedDatabase.canary)
      let nodes = Self.nodes(group.sentinels, asObjects: self == .sentinelObjects)
      let name = self == .sentinelList ? "REDIS_SENTINELS" : "REDIS_SENTINEL_HOSTS"
      return Running(
        servers: group.servers,
        settings: [
          name: nodes, "REDIS_SENTINEL_NAME": group.name,
          "REDIS_SENTINEL_PASSWORD": ServedDatabase.canary, "REDIS_PASSWORD": ServedDatabase.canary,
          "REDIS_READ_FROM": self == .sentinelList ? "master" : "replica",
        ], others: group)
    case .clusterList, .clusterObjects:
      let cluster = try await RedisCluster(replicasPerMaster: 0, password: ServedDatabase.canary)
      let nodes = Self.nodes(cluster.servers, asObjects: self == .clusterObjects)
      return Running(
        servers: cluster.servers,
        settings: [
          "REDIS_CLUSTER": "true", "REDIS_CLUSTER_NODES": nodes, "REDIS_PASSWORD": ServedDatabase.canary,
        ], others: cluster)
    }
  }

  private static func server(_ certificates: TestCertificates? = nil) async throws -> RedisServer {
    var options = RedisServer.Options()
    options.password = ServedDatabase.canary
    options.certificates = certificates
    return try await RedisServer(options)
  }

  private static func nodes(_ servers: [RedisServer], asObjects: Bool) -> String {
    guard asObjects else { return servers.map { "127.0.0.1:\($0.port)" }.joined(separator: ",") }
    return "[ " + servers.map { #"{"host": "127.0.0.1", "port": \#($0.port)}"# }.joined(separator: ", ") + " ]"
  }
}
