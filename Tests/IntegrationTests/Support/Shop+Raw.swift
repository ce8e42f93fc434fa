import NIOCore
import NIOPosix
import Testing

extension Shop {
  /// Sends bytes on a connection of their own and returns what comes back until it closes or `end` has come.
  func raw(_ bytes: String, until end: String? = nil) async throws -> String {
    let port = try #require(port)
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    let closing = channel.channel.eventLoop.scheduleTask(in: .seconds(10)) { channel.channel.close(promise: nil) }
    defer { closing.cancel() }
    return try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: bytes))
      var received = ""
      do {
        for try await part in inbound {
          received += String(buffer: part)
          if let end, received.contains(end) { break }
        }
      } catch is IOError {
        // The server may reset a connection it has no more to say on.
      }
      return received
    }
  }
}
