package import Caching
package import NIOCore
import RedisClient

/// Messages go out with a byte before them that tells them from the marks by which a subscriber learns that it hears.
extension RedisCacheStore {
  private static let message: UInt8 = 0
  private static let mark: UInt8 = 1
  /// How long a mark may be on its way.
  private static let patience = Duration.seconds(5)

  package func publish(_ message: ByteBuffer, on channel: String) async throws(CacheStoreError) {
    var frame = ByteBuffer()
    frame.reserveCapacity(1 + message.readableBytes)
    frame.writeInteger(Self.message)
    frame.writeImmutableBuffer(message)
    try await send(frame, to: channelName(channel))
  }

  /// Returns when a mark of its own has come back: what was published before comes before it and is not delivered, which
  /// the server's word alone would not ensure. In a cluster a message may still be on its way between servers.
  package func subscribe(_ channel: String) async throws(CacheStoreError) -> AsyncStream<ByteBuffer> {
    let name = channelName(channel)
    let events = try await translating { () async throws(RedisClientError) in try await client.subscribe(name) }
    let reader = EventReader(events)
    var mark = ByteBuffer()
    mark.writeMultipleIntegers(Self.mark, makeNonce())
    try await send(mark, to: name)
    guard await Self.wait(for: mark, in: reader) else { throw .timedOut }
    return AsyncStream {
      // The client would subscribe again after a loss; whoever listens here must know that there was one.
      while case .message(var frame)? = await reader.next() {
        if frame.readInteger(as: UInt8.self) == Self.message { return frame.slice() }
      }
      return nil
    }
  }

  /// Reads up to a mark; false when the subscription is lost before it comes, or when it does not come in time.
  private static func wait(for mark: ByteBuffer, in reader: EventReader<RedisSubscriptionEvent>) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        while case .message(let frame)? = await reader.next() {
          if frame == mark { return true }
        }
        return false
      }
      group.addTask {
        do { try await Task.sleep(for: patience) } catch { return false }
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
  }

  /// As if the channel were a key, so that in a cluster all its messages take one way and keep their order.
  private func send(_ frame: ByteBuffer, to channel: String) async throws(CacheStoreError) {
    let command = RedisCommand("PUBLISH", [.string(channel), .bytes(frame)], keys: .first)
    try await translating { () async throws(RedisClientError) in _ = try await client.send(command) }
  }

  private func channelName(_ channel: String) -> String { "\(prefix):\(channel)" }
}
