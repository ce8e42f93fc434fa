public import NIOCore

/// Values by key.
extension RedisClient {
  /// The value of a key; nil when it is not there.
  public func get(_ key: String) async throws(RedisClientError) -> ByteBuffer? {
    try Self.optionalBytes(try await send(.get(key)), "GET")
  }

  /// The values of keys, in their order; nil for what is not there or no string.
  public func mget(_ keys: [String]) async throws(RedisClientError) -> [ByteBuffer?] {
    guard !keys.isEmpty else { return [] }
    guard let values = try await send(.mget(keys)).array, values.count == keys.count else { throw .unexpected("MGET") }
    return values.map(\.bytes)
  }

  /// Sets a value; false when the condition does not hold.
  @discardableResult
  public func set(
    _ key: String, _ value: ByteBuffer, expiry: RedisExpiry? = nil, condition: RedisSetCondition? = nil
  ) async throws(RedisClientError) -> Bool {
    !(try await send(.set(key, value, expiry: expiry, condition: condition)).isNull)
  }

  /// Sets values without expiry. Atomic except in a cluster.
  public func mset(_ pairs: [(key: String, value: ByteBuffer)]) async throws(RedisClientError) {
    guard !pairs.isEmpty else { return }
    _ = try await send(.mset(pairs))
  }

  /// Deletes keys; returns how many were there.
  @discardableResult
  public func del(_ keys: [String]) async throws(RedisClientError) -> Int { try await count("DEL", .del(keys), keys) }

  /// Deletes keys, freeing their memory in the background; returns how many were there.
  @discardableResult
  public func unlink(_ keys: [String]) async throws(RedisClientError) -> Int {
    try await count("UNLINK", .unlink(keys), keys)
  }

  /// How many of the keys are there; one named twice counts twice.
  public func exists(_ keys: [String]) async throws(RedisClientError) -> Int {
    try await count("EXISTS", .exists(keys), keys)
  }

  /// Gives a key a life of this long; false when it is not there.
  @discardableResult
  public func expire(_ key: String, after life: Duration) async throws(RedisClientError) -> Bool {
    try Self.integer(try await send(.expire(key, after: life)), "PEXPIRE") == 1
  }

  /// What is left of a key's life.
  public func timeToLive(_ key: String) async throws(RedisClientError) -> RedisTimeToLive {
    switch try Self.integer(try await send(.pttl(key)), "PTTL") {
    case -2: .absent
    case -1: .forever
    case let milliseconds: .expires(in: .milliseconds(milliseconds))
    }
  }

  /// Adds to the number under a key (an absent one counts as 0) and returns the sum. Never executed twice by a retry.
  public func incrby(_ key: String, _ amount: Int) async throws(RedisClientError) -> Int {
    try Self.integer(try await send(.incrby(key, amount)), "INCRBY")
  }

  private func count(
    _ name: String, _ command: RedisCommand, _ keys: [String]
  ) async throws(RedisClientError) -> Int {
    keys.isEmpty ? 0 : try Self.integer(try await send(command), name)
  }

  static func optionalBytes(_ reply: RESPValue, _ name: String) throws(RedisClientError) -> ByteBuffer? {
    if let bytes = reply.bytes { return bytes }
    guard reply.isNull else { throw .unexpected(name) }
    return nil
  }

  static func integer(_ reply: RESPValue, _ name: String) throws(RedisClientError) -> Int {
    guard let integer = reply.integer else { throw .unexpected(name) }
    return integer
  }
}

/// What is left of a key's life.
public enum RedisTimeToLive: Sendable, Hashable {
  case absent
  case forever
  case expires(in: Duration)
}

extension RedisClientError {
  /// The reply to a command has not the shape that the command promises.
  static func unexpected(_ name: String) -> RedisClientError {
    RedisClientError(.unexpectedReply, "the server answered something else than \(name) does", place: name)
  }
}
