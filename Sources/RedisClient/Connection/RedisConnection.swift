import NIOCore
import Synchronization

/// One connection that any number of tasks share: commands are pipelined in the order in which they come, replies are
/// matched by that order.
///
/// Callers encode under a lock into one buffer; the first of a burst asks the event loop to write it, so that what
/// many tasks send at about the same time leaves in one system call.
public final class RedisConnection: Sendable {
  typealias Queue = ReplyQueue<ReplyReceiver>

  struct State {
    var queue = Queue()
    /// Encoded commands that have not been handed to the channel.
    var buffer = ByteBuffer()
    /// What was handed to the channel last; its memory is used again once the channel has let go of it.
    var written = ByteBuffer()
    var isFlushScheduled = false
    /// Why the connection is closed; nil while it is open.
    var closeReason: RedisClientError?
    /// Why the connection is closed as soon as nothing is under way; nil while it is in use.
    var retireReason: RedisClientError?
    var identity = RedisServerIdentity()
    var lastActivity: UInt64 = 0
  }

  /// A write buffer that grew larger than this is not kept.
  private static let keptCapacity = 1 << 20

  /// The server's address.
  public let endpoint: RedisEndpoint
  let channel: any Channel
  let settings: ConnectionSettings
  let state = Mutex(State())
  /// Gets what a subscribed connection is sent without asking; nil when nothing may be.
  let onPush: (@Sendable (RESPValue) -> Void)?
  private let onClose: @Sendable (RedisConnection, RedisClientError) -> Void
  /// When it was made.
  let openedAt = NIODeadline.now()
  /// How often bytes were handed to the channel, and how often its event loop woke up to read some.
  let writes = Atomic<Int>(0)
  let wakeUps = Atomic<Int>(0)
  private let tickets = Atomic<UInt64>(0)
  /// In nanoseconds.
  private let commandTimeout: UInt64

  init(
    to endpoint: RedisEndpoint, channel: any Channel, settings: ConnectionSettings,
    onPush: (@Sendable (RESPValue) -> Void)?, onClose: @escaping @Sendable (RedisConnection, RedisClientError) -> Void
  ) {
    self.endpoint = endpoint
    self.channel = channel
    self.settings = settings
    self.onPush = onPush
    self.onClose = onClose
    commandTimeout = settings.commandTimeout.clampedNanoseconds
  }

  /// What the server said of itself when the connection was made.
  public var identity: RedisServerIdentity { state.withLock { $0.identity } }

  /// Why the connection is closed; nil while it is open.
  public var closeReason: RedisClientError? { state.withLock { $0.closeReason } }

  /// How many commands await replies.
  var pendingCommands: Int { state.withLock { $0.queue.count } }

  /// Sends a command and waits for its reply. A server's error is thrown.
  public func send(_ command: RedisCommand) async throws(RedisClientError) -> RESPValue {
    let reply = try await reply(to: command)
    if case .error(let error) = reply { throw .server(error, place: "\(command.name) at \(endpoint)") }
    return reply
  }

  /// Sends a command and waits for its reply; a server's error is a reply like any other.
  /// - Parameter order: called at once with what puts the command in line, which it must call; makes the order on the wire
  ///   that of something else.
  func reply(
    to command: RedisCommand, inOrderOf order: ((() -> Void) -> Void)? = nil
  ) async throws(RedisClientError) -> RESPValue {
    let ticket = tickets.wrappingAdd(1, ordering: .relaxed).newValue
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let enqueue = {
          let receiver = ReplyReceiver.one(continuation)
          let refusal = self.enqueue(
            receiver, ticket: ticket, timeout: command.timeout, name: command.name
          ) { buffer in
            command.encode(into: &buffer)
          }
          if let refusal { receiver.fail(refusal) }
        }
        if let order { order(enqueue) } else { enqueue() }
      }
    } onCancel: {
      cancel(ticket)
    }
    let reply = try result.get()
    command.witness?.note(identity)
    return reply
  }

  /// Sends commands with nothing in between, in one write, and waits for all replies, which may be errors.
  public func sendMany(_ commands: [RedisCommand]) async throws(RedisClientError) -> [RESPValue] {
    guard let first = commands.first else { return [] }
    let ticket = tickets.wrappingAdd(1, ordering: .relaxed).newValue
    let timeout = commands.compactMap(\.timeout).max()
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let receiver = ReplyReceiver.many(continuation)
        let refusal = enqueue(
          receiver, ticket: ticket, batch: commands.count, timeout: timeout, name: first.name
        ) { buffer in
          for command in commands { command.encode(into: &buffer) }
        }
        if let refusal { receiver.fail(refusal) }
      }
    } onCancel: {
      cancel(ticket)
    }
    let replies = try result.get()
    for command in commands { command.witness?.note(identity) }
    return replies
  }

  /// Sends a command whose reply `receive` is given, on the event loop or by whoever closes the connection; false when it
  /// cannot be taken now, and then nobody is called.
  func send(_ command: RepeatedCommand, within limit: Duration, receive: @escaping ReplyReceiver.Callback) -> Bool {
    let ticket = tickets.wrappingAdd(1, ordering: .relaxed).newValue
    let refusal = enqueue(.called(receive), ticket: ticket, timeout: limit, name: command.name) { buffer in
      buffer.writeImmutableBuffer(command.encoded)
    }
    return refusal == nil
  }

  /// Sends a command whose reply nobody awaits; it must still come in time. One that is refused is not missed.
  func post(_ command: RedisCommand) {
    let ticket = tickets.wrappingAdd(1, ordering: .relaxed).newValue
    _ = enqueue(nil, ticket: ticket, timeout: command.timeout, name: command.name) { command.encode(into: &$0) }
  }

  /// Closes the connection. Commands under way fail.
  public func close() { close(RedisClientError(.connectionClosed(.notSent), "closed", place: "\(endpoint)")) }

  /// Puts commands in line; what it returns is why they are not.
  private func enqueue(
    _ receiver: ReplyReceiver?, ticket: UInt64, batch: Int? = nil, timeout: Duration?, name: String,
    encode: (inout ByteBuffer) -> Void
  ) -> RedisClientError? {
    let now = NIODeadline.now().uptimeNanoseconds
    let timeout = timeout?.clampedNanoseconds ?? commandTimeout
    var mustFlush = false
    let refusal: RedisClientError? = state.withLock { state in
      if let refusal = self.refusal(state, name: name) { return refusal }
      encode(&state.buffer)
      state.queue.append(ticket: ticket, receiver: receiver, batch: batch, now: now, timeout: timeout)
      mustFlush = !state.isFlushScheduled
      state.isFlushScheduled = true
      return nil
    }
    if mustFlush { channel.eventLoop.execute { self.flush() } }
    return refusal
  }

  /// Why a command cannot be taken now; nil when it can. A cancelled task is turned away under the lock: whoever is
  /// cancelled later finds its slot.
  private func refusal(_ state: borrowing State, name: String) -> RedisClientError? {
    if let reason = state.closeReason {
      return RedisClientError(.connectionClosed(.notSent), reason.message, place: "\(name) at \(endpoint)")
    }
    if Task.isCancelled { return cancellation }
    if state.queue.count >= settings.maxPendingCommands || state.buffer.readableBytes >= settings.maxPendingBytes {
      return RedisClientError(.queueFull, "too many commands await replies", place: "\(name) at \(endpoint)")
    }
    return nil
  }

  private var cancellation: RedisClientError {
    RedisClientError(.cancelled, "the caller was cancelled", place: "\(endpoint)")
  }

  private func cancel(_ ticket: UInt64) {
    state.withLock { $0.queue.cancel(ticket) }?.fail(cancellation)
  }

  /// Hands what has been encoded to the channel; on its event loop. While the socket takes no more, it waits.
  func flush() {
    guard channel.isWritable else { return }
    let bytes: ByteBuffer? = state.withLock { state in
      state.isFlushScheduled = false
      guard state.closeReason == nil, state.buffer.readableBytes > 0 else { return nil }
      swap(&state.buffer, &state.written)
      if state.buffer.capacity > Self.keptCapacity { state.buffer = ByteBuffer() }
      state.buffer.clear()
      state.queue.markSent()
      return state.written
    }
    guard let bytes else { return }
    writes.add(1, ordering: .relaxed)
    channel.writeAndFlush(bytes, promise: nil)
  }

  /// Closes the connection for a reason and fails whoever waits; only the first reason counts.
  func close(_ reason: RedisClientError) {
    let closing: (orphans: Queue.Orphans, isNews: Bool)? = state.withLock { state in
      guard state.closeReason == nil else { return nil }
      state.closeReason = reason
      (state.buffer, state.written) = (ByteBuffer(), ByteBuffer())
      return (state.queue.close(), state.retireReason == nil)
    }
    guard let (orphans, isNews) = closing else { return }
    // The owner first: who tries again at once must not be given this connection.
    if isNews { onClose(self, reason) }
    for receiver in orphans.notSent { receiver.fail(lost(.notSent, reason)) }
    for receiver in orphans.maybeSent { receiver.fail(lost(.maybeSent, reason)) }
    channel.close(promise: nil)
  }

  /// Gives the connection up: its owner is told at once, commands under way are still answered.
  func retire(_ reason: RedisClientError) {
    let (isNews, isEmpty) = state.withLock { state in
      defer { state.retireReason = state.retireReason ?? reason }
      return (state.retireReason == nil && state.closeReason == nil, state.queue.isEmpty)
    }
    guard isNews else { return }
    onClose(self, reason)
    if isEmpty { close(reason) }
  }

  private func lost(_ delivery: RedisClientError.Delivery, _ reason: RedisClientError) -> RedisClientError {
    RedisClientError(.connectionClosed(delivery), reason.message, place: "\(endpoint)")
  }
}

/// Who waits for a reply. Resumed exactly once: whoever takes it out of the queue, under the lock, resumes it.
enum ReplyReceiver: Sendable {
  typealias Callback = @Sendable (Result<RESPValue, RedisClientError>) -> Void

  case called(Callback)
  case one(UnsafeContinuation<Result<RESPValue, RedisClientError>, Never>)
  case many(UnsafeContinuation<Result<[RESPValue], RedisClientError>, Never>)

  func fail(_ error: RedisClientError) {
    switch self {
    case .called(let receive): receive(.failure(error))
    case .one(let continuation): continuation.resume(returning: .failure(error))
    case .many(let continuation): continuation.resume(returning: .failure(error))
    }
  }
}
