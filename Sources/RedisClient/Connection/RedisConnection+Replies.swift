import NIOCore

/// What the event loop does with a connection.
extension RedisConnection {
  /// Gives replies to those who wait. A reply nobody asked for closes the connection.
  func deliver(_ replies: [RESPValue]) {
    let (completions, isExpected, end) = state.withLock { state in
      state.lastActivity = NIODeadline.now().uptimeNanoseconds
      var completions: [Queue.Completion] = []
      completions.reserveCapacity(replies.count)
      var isExpected = true
      for reply in replies where isExpected && !(onPush != nil && reply.isPush) {
        isExpected = state.queue.deliver(reply, into: &completions)
      }
      return (completions, isExpected, state.queue.isEmpty ? state.retireReason : nil)
    }
    if let onPush { for reply in replies where reply.isPush { onPush(reply) } }
    for completion in completions { completion.resume() }
    if !isExpected { close(violation("a reply nobody asked for")) }
    if let end { close(end) }
  }

  /// Looks at deadlines and idleness; called by the event loop every few milliseconds.
  func tick() {
    let now = NIODeadline.now().uptimeNanoseconds
    let (late, isStuck, isIdle) = state.withLock { state in
      let (late, isStuck) = state.queue.expire(now: now)
      let isIdle =
        state.queue.isEmpty && state.closeReason == nil
        && now >= state.lastActivity + settings.pingInterval.clampedNanoseconds
      if isIdle { state.lastActivity = now }
      return (late, isStuck, isIdle)
    }
    for receiver in late { receiver.fail(RedisClientError(.timedOut, "no reply in time", place: "\(endpoint)")) }
    if isStuck { close(RedisClientError(.timedOut, "no reply within twice the time limit", place: "\(endpoint)")) }
    if isIdle { post(RedisCommand("PING", effect: .reads)) }
  }

  /// An error for bytes that are not what the protocol says.
  func violation(_ reason: String) -> RedisClientError {
    RedisClientError(.protocolViolation, "protocol violation: \(reason)", place: "\(endpoint)")
  }
}

extension ReplyQueue.Completion where Receiver == ReplyReceiver {
  fileprivate func resume() {
    switch (receiver, reply) {
    case (.called(let receive), .one(let value)): receive(.success(value))
    case (.one(let continuation), .one(let value)): continuation.resume(returning: .success(value))
    case (.many(let continuation), .many(let values)): continuation.resume(returning: .success(values))
    case (.called, .many), (.one, .many), (.many, .one):
      preconditionFailure("a receiver is queued with its kind of reply")
    }
  }
}

extension RESPValue {
  /// Whether a subscribed connection was sent this without asking.
  fileprivate var isPush: Bool {
    guard case .array(let elements) = self, case .bulkString(let kind)? = elements.first else { return false }
    return kind.readableBytesView.elementsEqual("message".utf8)
      || kind.readableBytesView.elementsEqual("pmessage".utf8)
  }
}
