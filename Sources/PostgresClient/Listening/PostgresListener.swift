/// What a listener hears.
public enum PostgresListenerEvent: Sendable, Equatable {
  /// The listener is connected and hears what is sent from now on. After the first time it means: whatever was sent since
  /// the connection was lost, or since the stream was full, has been missed.
  case listening
  case notification(channel: String, payload: String)
  /// The connection is lost; the listener tries again by itself.
  case lost
}

/// LISTEN on a connection of its own, which is made again when it is lost. Needs a direct connection to the server: a
/// pooler in transaction mode loses notifications.
public final class PostgresListener: Sendable {
  /// How the listener watches its connection.
  public struct Settings: Sendable {
    public var connectTimeout = Duration.seconds(5)
    /// How often the server is asked for a sign of life.
    public var probeInterval = Duration.seconds(10)
    /// How long it may take to give one.
    public var probeDeadline = Duration.seconds(5)
    /// How many events may wait in the stream before they count as missed.
    public var buffer = 1024

    public init() {}
  }

  /// What is heard, for one reader.
  public let events: AsyncStream<PostgresListenerEvent>
  private let loop: PostgresEventLoop
  private let owner: OwnerID

  /// Begins to connect and to listen on the channels.
  public convenience init(
    url: PostgresURL, channels: [String], settings: Settings = .init(), loop: PostgresEventLoop
  ) {
    self.init(server: { url }, channels: channels, settings: settings, loop: loop)
  }

  /// Begins to connect and to listen on the channels, where the primary is not always the same server.
  /// - Parameter server: where to listen; asked before each attempt to connect and with each sign of life, so that the
  ///   listener follows. Called on the event loop: it must not block.
  public init(
    server: @escaping @Sendable () -> PostgresURL, channels: [String], settings: Settings = .init(),
    loop: PostgresEventLoop
  ) {
    self.loop = loop
    owner = OwnerID(number: loop.makeNumber())
    let (stream, continuation) = AsyncStream.makeStream(
      of: PostgresListenerEvent.self, bufferingPolicy: .bufferingOldest(settings.buffer))
    events = stream
    let isSent = loop.inbox.send(
      .adopt(owner) { [owner] core in
        ListenerCore(
          id: owner, core: core, server: server, channels: channels, settings: settings, events: continuation)
      })
    if !isSent { continuation.finish() }
  }

  deinit { shutDown() }

  /// Closes the connection; the stream ends.
  public func shutDown() { loop.inbox.send(.remove(owner)) }
}
