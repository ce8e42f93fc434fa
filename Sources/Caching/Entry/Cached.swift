/// A value from the cache or fresh from its load, with its encoded form. Decoded only when asked.
public struct Cached<Value: Codable & Sendable>: Sendable {
  /// The bytes to send, made once when the value was loaded.
  public let entry: CacheEntry

  /// The value that an entry of its key holds.
  package init(_ entry: CacheEntry) { self.entry = entry }

  /// The value. Free where the policy keeps it, else decoded anew; throws `DecodingError` when the bytes are not
  /// those of such a value.
  public func value() throws -> Value {
    if let value = entry.value as? Value { return value }
    return try CacheCodec.decode(Value.self, from: entry.body)
  }
}

/// What a load found, and what it knows about how long it holds.
public struct Loaded<Value: Codable & Sendable>: Sendable {
  let value: Value
  let timeToLive: Duration?
  let isKept: Bool

  /// A loaded value.
  /// - Parameters:
  ///   - timeToLive: shortens the policy's time to live when the load knows better.
  ///   - isKept: false gives the value to the callers without storing it.
  public init(_ value: Value, timeToLive: Duration? = nil, isKept: Bool = true) {
    self.value = value
    self.timeToLive = timeToLive
    self.isKept = isKept
  }
}
