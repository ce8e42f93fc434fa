public import NIOCore

/// What a subscriber sees.
public enum RedisSubscriptionEvent: Sendable, Hashable {
  /// Bytes that were published on the channel.
  case message(ByteBuffer)
  /// The connection is lost: from now on messages are missed.
  case interrupted
  /// The subscription stands again. What was published meanwhile is lost.
  case resumed
}

/// What a server says of keys that were changed or removed by anyone.
public enum RedisInvalidation: Sendable, Hashable {
  case keys([ByteBuffer])
  /// The whole data set was flushed.
  case everything
  /// The connection is lost: from now on changes go unnoticed.
  case interrupted
  /// Changes are noticed again; what changed meanwhile is not known.
  case resumed
}
