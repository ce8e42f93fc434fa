import RedisClient
import TestServers

extension SentinelGroup {
  /// A client's configuration for the master these sentinels watch.
  func configuration(sentinelPassword: String? = nil) -> RedisConfiguration {
    let endpoints = sentinels.map { RedisEndpoint(host: "127.0.0.1", port: $0.port) }
    return RedisConfiguration(
      .sentinel(
        RedisSentinels(
          endpoints, masterName: name, credentials: sentinelPassword.map { RedisCredentials(password: $0) })))
  }
}

extension RedisCluster {
  /// A client's configuration that knows two of the servers.
  var configuration: RedisConfiguration {
    RedisConfiguration(.cluster(servers.prefix(2).map { RedisEndpoint(host: "127.0.0.1", port: $0.port) }))
  }
}
