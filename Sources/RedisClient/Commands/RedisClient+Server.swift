public import NIOCore

/// Messages, the walk over keys, and what servers tell of themselves.
extension RedisClient {
  /// Sends a message to those who are subscribed now; returns how many got it from the server asked.
  @discardableResult
  public func publish(_ message: ByteBuffer, on channel: String) async throws(RedisClientError) -> Int {
    try Self.integer(try await send(.publish(message, on: channel)), "PUBLISH")
  }

  /// Walks over the keys of all masters, in batches of about `count`. A key that is there throughout comes at least once,
  /// maybe more than once.
  /// - Parameter pattern: a glob as SCAN takes it; nil for every key.
  public func scan(matching pattern: String? = nil, count: Int = 512) -> AsyncThrowingStream<[String], any Error> {
    let walk = KeyWalk(client: self, pattern: pattern, count: count)
    return AsyncThrowingStream { try await walk.next() }
  }

  /// The fields of INFO of one master, or in a cluster of any.
  public func info(_ section: String? = nil) async throws(RedisClientError) -> [String: String] {
    let reply = try await send(RedisCommand("INFO", section.map { [.string($0)] } ?? [], effect: .reads))
    guard let text = reply.text else { throw .unexpected("INFO") }
    return InfoText(text).all
  }

  /// Settings whose names match a glob.
  public func configuration(_ pattern: String) async throws(RedisClientError) -> [String: String] {
    let reply = try await send(RedisCommand("CONFIG", ["GET", .string(pattern)], effect: .reads))
    guard let values = reply.textByName else { throw .unexpected("CONFIG GET") }
    return values
  }

  /// Changes a setting of one master.
  public func setConfiguration(_ name: String, _ value: String) async throws(RedisClientError) {
    _ = try await send(RedisCommand("CONFIG", ["SET", .string(name), .string(value)], effect: .idempotent))
  }

  /// The server's clock, since 1970, to the microsecond.
  public func time() async throws(RedisClientError) -> Duration {
    let reply = try await send(RedisCommand("TIME", effect: .reads))
    guard let parts = reply.array, parts.count == 2, let seconds = parts[0].integer, let part = parts[1].integer else {
      throw .unexpected("TIME")
    }
    return .seconds(seconds) + .microseconds(part)
  }

  /// How many keys one master holds.
  public func dbsize() async throws(RedisClientError) -> Int {
    try Self.integer(try await send(RedisCommand("DBSIZE", effect: .reads)), "DBSIZE")
  }

  /// Asks for a sign of life.
  public func ping() async throws(RedisClientError) { _ = try await send(.ping) }
}
