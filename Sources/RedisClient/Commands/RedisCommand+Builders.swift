public import NIOCore

/// The commands by name, with their keys and effects.
extension RedisCommand {
  public static func get(_ key: String) -> RedisCommand {
    RedisCommand(words: ["GET", .string(key)], keys: .first, effect: .reads)
  }

  /// One element per key. Split by slot in a cluster.
  public static func mget(_ keys: [String]) -> RedisCommand { overKeys("MGET", keys, .reads, .elements) }

  /// The number of keys that were there. Split by slot in a cluster. Repeating it is safe, but counts anew.
  public static func del(_ keys: [String]) -> RedisCommand { overKeys("DEL", keys, .idempotent, .sum) }

  /// As ``del(_:)``; the memory is freed in the background.
  public static func unlink(_ keys: [String]) -> RedisCommand { overKeys("UNLINK", keys, .idempotent, .sum) }

  /// The number of keys that are there. Split by slot in a cluster.
  public static func exists(_ keys: [String]) -> RedisCommand { overKeys("EXISTS", keys, .reads, .sum) }

  /// Sets a value; null when the condition does not hold.
  public static func set(
    _ key: String, _ value: ByteBuffer, expiry: RedisExpiry? = nil, condition: RedisSetCondition? = nil
  ) -> RedisCommand {
    var words: [Argument] = ["SET", .string(key), .bytes(value)]
    if let expiry { words += expiry.words }
    if let condition { words.append(.string(condition.rawValue)) }
    return RedisCommand(words: words, keys: .first, effect: condition == nil ? .idempotent : .once)
  }

  /// Sets many values without expiry. Split by slot in a cluster, where it is not atomic.
  public static func mset(_ pairs: [(key: String, value: ByteBuffer)]) -> RedisCommand {
    var words: [Argument] = ["MSET"]
    words.reserveCapacity(1 + 2 * pairs.count)
    for (key, value) in pairs { words += [.string(key), .bytes(value)] }
    return RedisCommand(
      words: words, keys: KeyPositions(first: 1, count: pairs.count, step: 2), effect: .idempotent, gathering: .status)
  }

  /// Gives a key a life of this long, to the millisecond; 0 when the key is not there.
  public static func expire(_ key: String, after life: Duration) -> RedisCommand {
    RedisCommand(
      words: ["PEXPIRE", .string(key), .integer(life.wholeMilliseconds)], keys: .first, effect: .idempotent)
  }

  /// What is left of a key's life in milliseconds; -1 for no end, -2 for no key.
  public static func pttl(_ key: String) -> RedisCommand {
    RedisCommand(words: ["PTTL", .string(key)], keys: .first, effect: .reads)
  }

  /// Adds to a number. Never sent twice.
  public static func incrby(_ key: String, _ amount: Int) -> RedisCommand {
    RedisCommand(words: ["INCRBY", .string(key), .integer(amount)], keys: .first, effect: .once)
  }

  /// Sends a message; the number of subscribers that got it. Repeating it may deliver twice, so it is not repeated.
  public static func publish(_ message: ByteBuffer, on channel: String) -> RedisCommand {
    RedisCommand(words: ["PUBLISH", .string(channel), .bytes(message)], effect: .once)
  }

  /// A step of a walk over the keys of one server.
  public static func scan(_ cursor: String, match pattern: String?, count: Int) -> RedisCommand {
    var words: [Argument] = ["SCAN", .string(cursor)]
    if let pattern { words += ["MATCH", .string(pattern)] }
    return RedisCommand(words: words + ["COUNT", .integer(count)], effect: .reads)
  }

  public static var ping: RedisCommand { RedisCommand(words: ["PING"], effect: .reads) }

  private static func overKeys(
    _ name: String, _ keys: [String], _ effect: Effect, _ gathering: Gathering
  ) -> RedisCommand {
    var words: [Argument] = [.string(name)]
    words.reserveCapacity(1 + keys.count)
    for key in keys { words.append(.string(key)) }
    return RedisCommand(
      words: words, keys: KeyPositions(first: 1, count: keys.count), effect: effect, gathering: gathering)
  }
}

/// How long a value that is set lives.
public enum RedisExpiry: Sendable, Hashable {
  /// To the millisecond; at least one.
  case after(Duration)
  /// As long as the value it replaces.
  case keep

  var words: [RedisCommand.Argument] {
    switch self {
    case .after(let life): ["PX", .integer(max(1, life.wholeMilliseconds))]
    case .keep: ["KEEPTTL"]
    }
  }
}

/// When a value is set at all.
public enum RedisSetCondition: String, Sendable, Hashable {
  case ifAbsent = "NX"
  case ifPresent = "XX"
}

extension Duration {
  /// Rounded up, so that nothing lives shorter than it was given.
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    let part = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    let (product, overflow) = Int(seconds).multipliedReportingOverflow(by: 1000)
    return overflow ? (seconds < 0 ? .min : .max) : product.addingReportingOverflow(Int(part)).partialValue
  }
}
