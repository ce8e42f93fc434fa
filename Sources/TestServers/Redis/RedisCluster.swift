import Foundation

/// A cluster of three masters, each with replicas, that fails over after a second.
package final class RedisCluster: Sendable {
  /// The servers; the first three are the masters at the start, the others their replicas in turn.
  package let servers: [RedisServer]
  private static let masters = 3

  /// Starts servers, joins them and returns when all slots are served and all replicas follow.
  package init(replicasPerMaster: Int = 1, certificates: TestCertificates? = nil, password: String? = nil) async throws
  {
    var servers: [RedisServer] = []
    var busPorts: [Int] = []
    for _ in 0..<Self.masters * (1 + replicasPerMaster) {
      let (server, busPort) = try await Self.server(certificates, password)
      servers.append(server)
      busPorts.append(busPort)
    }
    self.servers = servers
    for (index, master) in servers[..<Self.masters].enumerated() {
      let (first, last) = (16_384 * index / Self.masters, 16_384 * (index + 1) / Self.masters - 1)
      try await master.cli("CLUSTER", "ADDSLOTSRANGE", "\(first)", "\(last)")
      try await master.cli("CLUSTER", "SET-CONFIG-EPOCH", "\(index + 1)")
    }
    for server in servers.dropFirst() {
      try await server.cli("CLUSTER", "MEET", "127.0.0.1", "\(servers[0].port)", "\(busPorts[0])")
    }
    try await poll("all servers know each other") { server in
      try await server.cli("CLUSTER", "INFO").contains("cluster_known_nodes:\(servers.count)")
    }
    for (index, replica) in servers.dropFirst(Self.masters).enumerated() {
      let master = try await servers[index % Self.masters].cli("CLUSTER", "MYID")
      try await replica.cli("CLUSTER", "REPLICATE", master)
    }
    try await poll("all slots are served") { server in
      let isServing = try await server.cli("CLUSTER", "INFO").contains("cluster_state:ok")
      let replication = try await server.cli("INFO", "replication")
      // A replica is named only when it is known to hold data.
      let named = Set(try await server.cli("CLUSTER", "SLOTS").components(separatedBy: "\n"))
      return isServing && servers.allSatisfy { named.contains("\($0.port)") }
        && (replication.contains("master_link_status:up")
          || replication.contains("connected_slaves:\(replicasPerMaster)"))
    }
  }

  /// Starts a server that can join a cluster. Its bus listens on a free port too, instead of 10,000 above its own.
  private static func server(
    _ certificates: TestCertificates?, _ password: String?
  ) async throws -> (server: RedisServer, busPort: Int) {
    var options = RedisServer.Options()
    options.certificates = certificates
    options.password = password
    let busPort = try FreePort.find()
    options.arguments = [
      "--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-port", "\(busPort)",
      "--repl-diskless-sync-delay", "0", "--cluster-allow-replica-migration", "no",
    ]
    return (try await RedisServer(options), busPort)
  }

  /// The master that holds a slot, as a server sees it.
  package func owner(ofSlot slot: Int) async throws -> RedisServer? {
    for server in servers {
      // A dead server is no owner.
      guard let shown = try? await server.cli("CLUSTER", "NODES") else { continue }
      for line in shown.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count > 8, words[2].contains("myself"), words[2].contains("master") else { continue }
        let holds = words[8...].contains { range in
          let ends = range.split(separator: "-").compactMap { Int($0) }
          return ends.first.map { $0 <= slot && slot <= ends[ends.count - 1] } ?? false
        }
        if holds { return server }
      }
    }
    return nil
  }

  /// Moves a slot as redis-cli does: both ends are told, keys are sent in small batches, then all masters.
  package func move(_ slot: Int, from source: RedisServer, to target: RedisServer) async throws {
    let (sourceID, targetID) = (try await source.cli("CLUSTER", "MYID"), try await target.cli("CLUSTER", "MYID"))
    try await target.cli("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", sourceID)
    try await source.cli("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", targetID)
    while true {
      let keys = try await source.cli("CLUSTER", "GETKEYSINSLOT", "\(slot)", "10").split(separator: "\n").map(
        String.init)
      if keys.isEmpty { break }
      try await source.cli(["MIGRATE", "127.0.0.1", "\(target.port)", "", "0", "5000", "KEYS"] + keys)
      try await Task.sleep(for: .milliseconds(10))  // Lets clients meet a slot that is half on its way.
    }
    for server in [target, source] { try await server.cli("CLUSTER", "SETSLOT", "\(slot)", "NODE", targetID) }
  }

  private func poll(_ what: String, _ condition: (RedisServer) async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    for server in servers {
      while try await !condition(server) {
        guard ContinuousClock.now < deadline else {
          throw RedisServer.Failure(description: "never: \(what); \(try await server.cli("CLUSTER", "INFO"))")
        }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }
}
