import NIOCore

/// Takes single messages of Redis subscriptions out of what a server sends; all else passes as it came.
struct MessageSieve {
  private static let head = Array("*3\r\n$7\r\nmessage\r\n".utf8)
  /// A message that has not come to its end.
  private var rest = ByteBuffer()

  /// What is to be passed on of some more bytes.
  /// - Parameter isDropped: told the payload of each message.
  mutating func sift(_ bytes: ByteBuffer, _ isDropped: (ByteBuffer) -> Bool) -> ByteBuffer {
    rest.writeImmutableBuffer(bytes)
    var passed = ByteBuffer()
    while rest.readableBytes > 0 {
      guard rest.readableBytesView.starts(with: Self.head) else {
        // Up to the next message.
        let view = rest.readableBytesView
        let next = view.indices.dropFirst().first {
          view[$0] == UInt8(ascii: "*") && view[$0...].starts(with: Self.head)
        }
        let count = next.map { $0 - view.startIndex } ?? view.count
        if var slice = rest.readSlice(length: count) { passed.writeBuffer(&slice) }
        continue
      }
      guard let (length, payload) = Self.message(rest) else { break }
      guard var message = rest.readSlice(length: length) else { break }
      if !isDropped(payload) { passed.writeBuffer(&message) }
    }
    return passed
  }

  /// The length of the message at the front and its payload; nil while it is not whole.
  private static func message(_ bytes: ByteBuffer) -> (length: Int, payload: ByteBuffer)? {
    var rest = bytes
    rest.moveReaderIndex(forwardBy: head.count)
    guard readBulk(&rest) != nil, let payload = readBulk(&rest) else { return nil }
    return (bytes.readableBytes - rest.readableBytes, payload)
  }

  private static func readBulk(_ rest: inout ByteBuffer) -> ByteBuffer? {
    guard let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    guard let line = rest.readString(length: end - rest.readerIndex + 1) else { return nil }
    guard let count = Int(line.dropFirst().dropLast(2)), let bulk = rest.readSlice(length: count) else { return nil }
    return rest.readSlice(length: 2) == nil ? nil : bulk
  }
}
