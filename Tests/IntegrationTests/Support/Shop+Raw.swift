import NIOCore
import NIOPosix
import NIOSSL
import TestServers
import Testing

extension Shop {
  /// Sends bytes on a connection of their own and returns what comes back until it closes or `end` has come.
  func raw(_ bytes: String, until end: String? = nil) async throws -> String {
    try await RawHTTP.exchange(bytes, port: try #require(port), until: end)
  }

  /// Sends a request with a body of so many bytes on a connection of its own, and returns what comes back until that ends.
  /// As simple clients do, it looks at no answer before all is sent; throws when that takes more than ten seconds.
  func upload(_ head: String, bytes: Int, over tls: NIOSSLContext? = nil) async throws -> String {
    let request = ByteBuffer(string: "\(head)Content-Length: \(bytes)\r\n\r\n")
    let body = ByteBuffer(repeating: UInt8(ascii: " "), count: bytes)
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: "127.0.0.1", port: try #require(port)) { channel in
        channel.eventLoop.makeCompletedFuture { () throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> in
          if let tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil))
          }
          return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
        }
      }
    let closing = channel.channel.eventLoop.scheduleTask(in: .seconds(10)) { channel.channel.close(promise: nil) }
    defer { closing.cancel() }
    return try await channel.executeThenClose { inbound, _ in
      try await channel.channel.writeAndFlush(request)
      try await channel.channel.writeAndFlush(body)
      var answer = ByteBuffer()
      for try await part in inbound { answer.writeImmutableBuffer(part) }
      return String(buffer: answer)
    }
  }
}
