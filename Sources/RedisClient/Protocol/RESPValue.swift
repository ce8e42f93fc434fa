public import NIOCore

/// A reply of RESP2, the protocol Redis speaks unless asked for another.
public enum RESPValue: Sendable, Hashable {
  /// A status line such as `OK`.
  case simpleString(ByteBuffer)
  /// Bytes of any kind, at most 512 MiB.
  case bulkString(ByteBuffer)
  case integer(Int)
  case array([RESPValue])
  /// A nil bulk string or a nil array: what is asked for is not there.
  case null
  /// What the server refused.
  case error(RedisServerError)
}

extension RESPValue {
  /// The bytes of a string of either kind; nil for everything else.
  public var bytes: ByteBuffer? {
    switch self {
    case .simpleString(let bytes), .bulkString(let bytes): bytes
    case .integer, .array, .null, .error: nil
    }
  }

  /// A string of either kind as text, with U+FFFD for what is not UTF-8; nil for everything else.
  public var text: String? { bytes.map { String(buffer: $0) } }

  /// A number, also one sent as a string; nil for everything else.
  public var integer: Int? {
    if case .integer(let number) = self { return number }
    return text.flatMap { Int($0) }
  }

  /// The elements of an array; nil for everything else.
  public var array: [RESPValue]? {
    if case .array(let elements) = self { return elements }
    return nil
  }

  /// Whether this is a nil reply.
  public var isNull: Bool { self == .null }

  /// The values by name of a reply such as HGETALL or CONFIG GET: names and values in turn.
  var textByName: [String: String]? {
    guard let elements = array, elements.count.isMultiple(of: 2) else { return nil }
    var pairs: [String: String] = [:]
    for index in stride(from: 0, to: elements.count, by: 2) {
      guard let name = elements[index].text, let value = elements[index + 1].text else { return nil }
      pairs[name] = value
    }
    return pairs
  }
}

/// An error the server answered, such as `WRONGTYPE Operation against a key holding the wrong kind of value`.
public struct RedisServerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The whole line, without the leading `-`.
  public let message: String

  /// An error with this line.
  public init(_ message: String) { self.message = message }

  /// The first word, which says what kind of error it is: `ERR`, `MOVED`, `READONLY`, …
  public var prefix: Substring { message.prefix { $0 != " " } }

  public var description: String { message }
}
