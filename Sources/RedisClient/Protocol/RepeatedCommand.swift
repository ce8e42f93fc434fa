import NIOCore

/// A command that is sent again and again with the same words: they are encoded once.
public struct RepeatedCommand: Sendable {
  /// As it goes over the wire.
  let encoded: ByteBuffer
  let name: String
  /// Leads to the server, in a cluster.
  let key: String

  /// A command that reads, and whose keys have one slot.
  /// - Parameter key: one of them.
  public init(_ command: RedisCommand, key: String) {
    var encoded = ByteBuffer()
    command.encode(into: &encoded)
    self.encoded = encoded
    self.key = key
    name = command.name
  }
}

extension RedisClient {
  /// What became of a ``RepeatedCommand``: the reply, which may be an error of the server, and who gave it.
  public typealias Receiver =
    @Sendable (
      Result<(reply: RESPValue, server: RedisServerIdentity), RedisClientError>
    ) -> Void

  /// Sends a command without a task, once, over a connection that stands. Returns false when there is none or it takes no
  /// more, and never calls then: ``send(_:)`` can wait, and follows where the data has moved.
  /// - Parameters:
  ///   - limit: what takes longer has failed, as far as the receiver hears; looked at every 50 ms.
  ///   - receive: called once, on the event loop of the connection or by whoever closes it. It must not block.
  public func send(_ command: RepeatedCommand, within limit: Duration, receive: @escaping Receiver) -> Bool {
    guard let connection = router.connection(forKey: command.key) else { return false }
    return connection.send(command, within: limit) { result in
      receive(result.map { ($0, connection.identity) })
    }
  }
}
