/// A Lua script, sent by its digest and as a whole only to a server that does not know it yet.
public struct RedisScript: Sendable, Hashable {
  public let source: String
  /// SHA-1 of the source in hexadecimal digits, by which servers name it.
  public let digest: String

  /// A script.
  public init(_ source: String) {
    self.source = source
    digest = SHA1.hexadecimalDigest(of: source.utf8)
  }
}

extension RedisClient {
  /// Runs a script.
  /// - Parameters:
  ///   - keys: all in one slot, in a cluster.
  ///   - effect: ``RedisCommand/Effect/once`` unless running it twice does no harm.
  ///   - timeout: how long to wait in all; nil for the client's own limit.
  public func eval(
    _ script: RedisScript, keys: [String] = [], arguments: [RedisCommand.Argument] = [],
    effect: RedisCommand.Effect = .once, timeout: Duration? = nil
  ) async throws(RedisClientError) -> RESPValue {
    let deadline = deadline(timeout)
    var command = RedisCommand.eval(script, byDigest: true, keys: keys, arguments: arguments, effect: effect)
    command.timeout = timeout
    do {
      return try await send(command)
    } catch  where error.serverPrefix == "NOSCRIPT" {
      // It was not run, so that it may be sent again whatever it does.
      command = RedisCommand.eval(script, byDigest: false, keys: keys, arguments: arguments, effect: effect)
      return try await send(timeout == nil ? command : command.within(deadline))
    }
  }
}

extension RedisCommand {
  /// EVALSHA, which an unknown script fails with `NOSCRIPT`, or EVAL.
  public static func eval(
    _ script: RedisScript, byDigest: Bool, keys: [String], arguments: [Argument], effect: Effect = .once
  ) -> RedisCommand {
    var words: [Argument] = byDigest ? ["EVALSHA", .string(script.digest)] : ["EVAL", .string(script.source)]
    words.append(.integer(keys.count))
    for key in keys { words.append(.string(key)) }
    return RedisCommand(words: words + arguments, keys: KeyPositions(first: 3, count: keys.count), effect: effect)
  }
}
