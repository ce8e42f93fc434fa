import NIOCore
import NIOPosix

/// HTTP/1.1 as bytes, for what a client of its own would hide.
package enum RawHTTP {
  /// Sends bytes on a connection of their own and returns what comes back until it closes or `end` has come: a character
  /// for each byte (ISO 8859-1), so that two answers are equal when their bytes are, in whatever pieces they came.
  package static func exchange(_ bytes: String, port: Int, until end: String? = nil) async throws -> String {
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
          received.unicodeScalars.append(contentsOf: part.readableBytesView.lazy.map { Unicode.Scalar($0) })
          if let end, received.contains(end) { break }
        }
      } catch is IOError {
        // The server may reset a connection it has no more to say on.
      }
      return received
    }
  }

  /// Fields of requests on which the answer depends, and some on which it does not.
  package static let conditions: [String] = [
    "", "Accept-Encoding: gzip\r\n", "accept-encoding:\tbr;q=1, gzip;q=0.5 \r\n", "Accept-Encoding: gzip;q=0\r\n",
    "Accept-Encoding: identity, gzip;q=0.4\r\n", "Accept-Encoding: *\r\n", "X-Request-Id: mine\r\n",
    "X-Request-Id: not sane!\r\n", "If-None-Match: *\r\n", "If-None-Match: \"x\", *\r\nAccept-Encoding: gzip\r\n",
    "If-None-Match: \"x\"\r\n", "Origin: https://willow.example\r\n", "Origin: https://other.example\r\n",
    "Authorization: Basic eA==\r\nCookie: a=b; c=d\r\n", "X-Forwarded-For: 1.2.3.4\r\n", "Connection: Keep-Alive\r\n",
  ]

  /// A request that ends its connection when it has been answered.
  package static let last = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

  /// Answers as they came, but for what no two answers have in common.
  package static func comparable(_ answers: String) -> String {
    answers.replacing(#/Date: [^\r]+/#, with: "Date: …").replacing(#/;r=\d+/#, with: ";r=…")
      .replacing(#/X-Request-Id: [0-9a-f]{8}-[0-9a-f-]+/#, with: "X-Request-Id: …")
      .replacing(#/"requestId":"[0-9a-f]{8}-[0-9a-f-]+"/#, with: #""requestId":"…""#)
  }
}
