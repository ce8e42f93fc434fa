import RedisClient
import TestServers
import Testing

/// How servers can be arranged. Each kind is started when it is first asked for, used by many tests under keys of their
/// own, and ends with the test process.
enum Topology: String, CaseIterable, CustomTestStringConvertible {
  case standalone = "one server"
  case tls = "one server over TLS"
  case sentinel = "the master behind sentinels"
  case cluster = "a cluster"

  var testDescription: String { rawValue }

  /// The client that tests share.
  func client() async throws -> RedisClient { try await SharedServers.all.client(self) }

  fileprivate func start() async throws -> (servers: any Sendable, configuration: RedisConfiguration) {
    switch self {
    case .standalone:
      let server = try await RedisServer()
      return (server, server.configuration)
    case .tls:
      var options = RedisServer.Options()
      let certificates = try await TestCertificates.make()
      options.certificates = certificates
      options.password = "secret"
      let server = try await RedisServer(options)
      var configuration = RedisConfiguration(host: "127.0.0.1", port: server.tlsPort)
      configuration.tls = RedisTLS(certificateAuthorityFile: certificates.authority)
      configuration.credentials = RedisCredentials(password: "secret")
      return (server, configuration)
    case .sentinel:
      let group = try await SentinelGroup()
      let endpoints = group.sentinels.map { RedisEndpoint(host: "127.0.0.1", port: $0.port) }
      return (group, RedisConfiguration(.sentinel(RedisSentinels(endpoints, masterName: group.name))))
    case .cluster:
      let cluster = try await RedisCluster(replicasPerMaster: 0)
      let endpoints = cluster.servers.map { RedisEndpoint(host: "127.0.0.1", port: $0.port) }
      return (cluster, RedisConfiguration(.cluster(endpoints)))
    }
  }
}

/// The servers of all topologies, and a client of each.
actor SharedServers {
  static let all = SharedServers()

  private struct Running: Sendable {
    let servers: any Sendable
    let client: RedisClient
  }

  private var running: [Topology: Task<Running, any Error>] = [:]

  func client(_ topology: Topology) async throws -> RedisClient {
    let task =
      running[topology]
      ?? Task {
        var (servers, configuration) = try await topology.start()
        configuration.commandTimeout = .seconds(10)
        return Running(servers: servers, client: RedisClient(silent: configuration))
      }
    running[topology] = task
    return try await task.value.client
  }
}
