import Logging
import Synchronization

/// What happens to a client's connections.
public struct RedisConnectionEvent: Sendable {
  public enum Kind: Sendable {
    case connecting
    /// A connection can be used; what its server said of itself.
    case ready(RedisServerIdentity)
    /// A try to connect failed.
    case error(RedisClientError)
    /// A connection that was ready is gone.
    case closed(RedisClientError)
    /// The next try comes after this delay.
    case reconnecting(after: Duration)

    /// One word, for metrics.
    public var name: String {
      switch self {
      case .connecting: "connecting"
      case .ready: "ready"
      case .error: "error"
      case .closed: "closed"
      case .reconnecting: "reconnecting"
      }
    }
  }

  public let kind: Kind
  /// The server's address; what the client was told to look for, while that is not known.
  public let place: String
}

/// How often what happened.
public struct RedisConnectionCounts: Sendable, Hashable {
  public internal(set) var connecting = 0
  public internal(set) var ready = 0
  public internal(set) var errors = 0
  public internal(set) var closed = 0
  public internal(set) var reconnecting = 0
  /// Commands that were sent again.
  public internal(set) var retries = 0
}

/// Logs, counts and passes on what happens to connections. Of errors in a row, the first and every tenth are logged.
final class ConnectionJournal: Sendable {
  fileprivate struct State {
    var counts = RedisConnectionCounts()
    var errorsInARow = 0
    var listeners: [Int: AsyncStream<RedisConnectionEvent>.Continuation] = [:]
    var nextListener = 0
  }

  private let state = Mutex(State())
  private let logger: Logger
  private let onEvent: (@Sendable (RedisConnectionEvent) -> Void)?

  init(logger: Logger, onEvent: (@Sendable (RedisConnectionEvent) -> Void)?) {
    self.logger = logger
    self.onEvent = onEvent
  }

  var counts: RedisConnectionCounts { state.withLock { $0.counts } }

  func countRetry() { state.withLock { $0.counts.retries += 1 } }

  /// Events from now on; a listener that is slow loses the oldest beyond 256.
  func events() -> AsyncStream<RedisConnectionEvent> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: RedisConnectionEvent.self, bufferingPolicy: .bufferingNewest(256))
    let number = state.withLock { state in
      state.nextListener += 1
      state.listeners[state.nextListener] = continuation
      return state.nextListener
    }
    continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.listeners[number] = nil } }
    return stream
  }

  /// Ends the streams of events.
  func finish() {
    let listeners = state.withLock { state in
      defer { state.listeners = [:] }
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.finish() }
  }

  func record(_ kind: RedisConnectionEvent.Kind, at place: String) {
    let event = RedisConnectionEvent(kind: kind, place: place)
    let (isLogged, listeners) = state.withLock { state in
      (state.count(kind), Array(state.listeners.values))
    }
    if isLogged { log(kind, at: place) }
    onEvent?(event)
    for listener in listeners { listener.yield(event) }
  }

  private func log(_ kind: RedisConnectionEvent.Kind, at place: String) {
    let place: Logger.Metadata = ["server": .string(place)]
    switch kind {
    case .connecting: logger.debug("connecting to Redis", metadata: place)
    case .ready: logger.info("connected to Redis", metadata: place)
    case .error(let error): logger.warning("no connection to Redis: \(error.message)", metadata: place)
    case .closed(let error): logger.warning("lost a connection to Redis: \(error.message)", metadata: place)
    case .reconnecting(let delay): logger.debug("next try to connect to Redis in \(delay)", metadata: place)
    }
  }
}

extension ConnectionJournal.State {
  /// Counts an event; tells whether it is to be logged.
  fileprivate mutating func count(_ kind: RedisConnectionEvent.Kind) -> Bool {
    switch kind {
    case .connecting: counts.connecting += 1
    case .ready:
      counts.ready += 1
      errorsInARow = 0
    case .closed: counts.closed += 1
    case .reconnecting: counts.reconnecting += 1
    case .error:
      counts.errors += 1
      errorsInARow += 1
      return errorsInARow == 1 || errorsInARow.isMultiple(of: 10)
    }
    return true
  }
}
