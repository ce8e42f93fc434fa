import NIOCore
import Synchronization

/// One connection for subscriptions, kept up: after a loss it subscribes again and tells every subscriber of the gap.
final class Subscriber: Sendable {
  /// What comes on a channel: a message's payload, which is an array or nil for invalidations, or a turn of the
  /// connection.
  enum Event: Sendable {
    case payload(RESPValue)
    case interrupted
    case resumed
  }

  /// A subscriber's end. Returns false when it can take no more, which ends it.
  typealias Sink = @Sendable (Event?) -> Bool

  private struct State {
    var sinks: [ByteBuffer: [Int: Sink]] = [:]
    var nextSink = 0
    var isInterrupted = false
    var isShutDown = false
  }

  private let state: Mutex<State>
  private let pool: ConnectionPool

  /// - Parameters:
  ///   - makePool: makes the pool for a target that this subscriber completes.
  ///   - preamble: what to send before subscribing, on every connect.
  init(
    _ target: ConnectionPool.Target,
    preamble: @escaping @Sendable (RedisServerIdentity) -> [RedisCommand] = { _ in [] },
    makePool: (ConnectionPool.Target) -> ConnectionPool
  ) {
    state = Mutex(State())
    let link = SubscriberLink()
    var target = target
    target.onPush = { link.subscriber?.receive($0) }
    target.onLoss = { link.subscriber?.interrupt() }
    target.prepare = { connection throws(RedisClientError) in
      try await link.subscriber?.resubscribe(connection, preamble: preamble(connection.identity))
    }
    pool = makePool(target)
    link.set(self)
  }

  /// Subscribes and returns when the server has confirmed it.
  /// - Returns: the sink's number, for ``remove(_:from:)``.
  func add(_ channel: String, until deadline: UInt64, sink: @escaping Sink) async throws(RedisClientError) -> Int {
    let name = ByteBuffer(string: channel)
    let number = state.withLock { state in
      state.nextSink += 1
      return state.nextSink
    }
    while true {
      let connection = try await pool.connection(until: deadline)
      let start = ConnectionPool.now
      do throws(RedisClientError) {
        // Under one lock with removals, so that no UNSUBSCRIBE for an earlier sink comes after this SUBSCRIBE.
        let reply = try await connection.reply(to: Self.command("SUBSCRIBE", name)) { enqueue in
          self.state.withLock { state in
            state.sinks[name, default: [:]][number] = sink
            enqueue()
          }
        }
        guard case .error(let error) = reply else { return number }
        throw .server(error, place: "SUBSCRIBE at \(connection.endpoint)")
      } catch {
        remove(number, from: channel)
        // A connection that does not answer may be half open, and what is published would not come either. Who was cancelled
        // has waited for an answer only if some time has passed.
        let isLate = ConnectionPool.now - start >= RedisConnection.Queue.leastPatience
        if error.code == .timedOut || error.code == .cancelled && isLate { connection.close() }
        // Subscribing twice does no harm.
        guard case .connectionClosed = error.code, ConnectionPool.now < deadline else { throw error }
      }
    }
  }

  /// Subscribes as soon as there is a connection, without waiting for it.
  func attach(_ channel: String, sink: @escaping Sink) {
    state.withLock { state in
      state.nextSink += 1
      state.sinks[ByteBuffer(string: channel), default: [:]][state.nextSink] = sink
    }
    pool.start()
  }

  /// Ends a subscription; the last one of a channel unsubscribes.
  func remove(_ number: Int, from channel: String) {
    let name = ByteBuffer(string: channel)
    state.withLock { state in
      guard state.sinks[name]?.removeValue(forKey: number) != nil, state.sinks[name]?.isEmpty == true else { return }
      state.sinks[name] = nil
      pool.connection()?.post(Self.command("UNSUBSCRIBE", name))
    }
  }

  /// Ends all subscriptions.
  func shutDown() {
    pool.shutDown()
    let sinks = state.withLock { state in
      state.isShutDown = true
      defer { state.sinks = [:] }
      return state.sinks.values.flatMap(\.values)
    }
    for sink in sinks { _ = sink(nil) }
  }

  private static func command(_ name: String, _ channel: ByteBuffer) -> RedisCommand {
    RedisCommand(name, [.bytes(channel)], effect: .idempotent)
  }

  private func receive(_ push: RESPValue) {
    guard let parts = push.array, parts.count == 3, let channel = parts[1].bytes else { return }
    let sinks = state.withLock { $0.sinks[channel] } ?? [:]
    for (number, sink) in sinks where !sink(.payload(parts[2])) {
      remove(number, from: String(buffer: channel))
    }
  }

  private func interrupt() {
    tellAll(.interrupted) { state in
      defer { state.isInterrupted = true }
      return !state.isInterrupted
    }
  }

  /// Subscribes to everything on a new connection, before anyone may use it.
  private func resubscribe(_ connection: RedisConnection, preamble: [RedisCommand]) async throws(RedisClientError) {
    let channels = state.withLock { Array($0.sinks.keys) }
    let commands = preamble + channels.map { Self.command("SUBSCRIBE", $0) }
    for case .error(let error) in try await connection.sendMany(commands) {
      throw .server(error, place: connection.place)
    }
    tellAll(.resumed) { state in
      defer { state.isInterrupted = false }
      return state.isInterrupted
    }
  }

  private func tellAll(_ event: Event, if condition: (inout State) -> Bool) {
    let sinks = state.withLock { state in
      condition(&state) ? state.sinks.values.flatMap(\.values) : []
    }
    for sink in sinks { _ = sink(event) }
  }
}

/// Lets a pool's target reach the subscriber that owns the pool.
private final class SubscriberLink: Sendable {
  private struct Reference: Sendable {
    weak var subscriber: Subscriber?
  }

  private let reference = Mutex(Reference())

  var subscriber: Subscriber? { reference.withLock { $0.subscriber } }

  func set(_ subscriber: Subscriber) { reference.withLock { $0.subscriber = subscriber } }
}
