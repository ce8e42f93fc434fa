import Foundation

/// A master, its replicas and three sentinels that fail over after a second.
package final class SentinelGroup: Sendable {
  /// The servers; the first one is the master at the start.
  package let servers: [RedisServer]
  package let sentinels: [RedisServer]
  /// The name the sentinels know the master by.
  package let name = "shop"

  /// Starts servers and sentinels, and returns when all sentinels know each other and all replicas.
  /// - Parameter sentinelPassword: what the sentinels ask of their clients and use among themselves.
  package init(replicas: Int = 1, password: String? = nil, sentinelPassword: String? = nil) async throws {
    var options = RedisServer.Options()
    options.password = password
    options.arguments = ["--repl-diskless-sync-delay", "0"]
    let master = try await RedisServer(options)
    options.arguments += ["--replicaof", "127.0.0.1", "\(master.port)"]
    var servers = [master]
    for _ in 0..<replicas { servers.append(try await RedisServer(options)) }
    self.servers = servers

    var settings = [
      "sentinel monitor shop 127.0.0.1 \(master.port) 2", "sentinel down-after-milliseconds shop 1000",
      "sentinel failover-timeout shop 5000", "sentinel parallel-syncs shop 1",
    ]
    if let password { settings.append("sentinel auth-pass shop \(password)") }
    if let sentinelPassword {
      settings += ["requirepass \(sentinelPassword)", "sentinel sentinel-pass \(sentinelPassword)"]
    }
    var sentinels: [RedisServer] = []
    for _ in 0..<3 {
      var options = RedisServer.Options()
      options.password = sentinelPassword
      options.sentinelSettings = settings
      sentinels.append(try await RedisServer(options))
    }
    self.sentinels = sentinels
    try await waitUntilSettled(replicas: replicas)
  }

  /// Waits until every sentinel counts the others and the replicas, and all of those are in sync.
  private func waitUntilSettled(replicas: Int) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    for sentinel in sentinels {
      while true {
        let lines = try await sentinel.cli("SENTINEL", "MASTER", name).split(
          separator: "\n", omittingEmptySubsequences: false)
        func value(_ field: Substring) -> Substring? {
          lines.firstIndex(of: field).flatMap { $0 + 1 < lines.count ? lines[$0 + 1] : nil }
        }
        let isReplicated = try await servers[0].cli("INFO", "replication").contains("connected_slaves:\(replicas)")
        if value("num-other-sentinels") == "2", value("num-slaves") == "\(replicas)", isReplicated { break }
        guard ContinuousClock.now < deadline else {
          throw RedisServer.Failure(description: "the sentinels do not settle: \(lines)")
        }
        try await Task.sleep(for: .milliseconds(100))
      }
    }
  }
}
