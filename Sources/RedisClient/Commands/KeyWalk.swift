/// A walk over the keys of every master, one SCAN at a time. Used by one task at a time, as its stream promises.
actor KeyWalk {
  private let client: RedisClient
  private let pattern: String?
  private let count: Int
  /// Servers not yet finished, the current one first; nil before the first step.
  private var servers: [RedisEndpoint]?
  private var cursor = "0"

  init(client: RedisClient, pattern: String?, count: Int) {
    self.client = client
    self.pattern = pattern
    self.count = max(1, count)
  }

  /// The next keys, at least one; nil at the end.
  func next() async throws(RedisClientError) -> [String]? {
    var servers: [RedisEndpoint]
    if let known = self.servers { servers = known } else { servers = try await client.scanTargets() }
    while let server = servers.first {
      let reply = try await client.send(.scan(cursor, match: pattern, count: count), at: server)
      guard let parts = reply.array, parts.count == 2, let next = parts[0].text, let keys = parts[1].array else {
        throw .unexpected("SCAN")
      }
      cursor = next
      if next == "0" { servers.removeFirst() }
      self.servers = servers
      if !keys.isEmpty { return keys.compactMap(\.text) }
    }
    return nil
  }
}
