import NIOCore

extension RedisCommand {
  /// Appends the command as RESP: an array of bulk strings.
  func encode(into buffer: inout ByteBuffer) {
    buffer.writeLength(arguments.count, after: UInt8(ascii: "*"))
    for argument in arguments {
      switch argument {
      case .string(let text):
        buffer.writeLength(text.utf8.count, after: UInt8(ascii: "$"))
        buffer.writeString(text)
      case .bytes(let bytes):
        buffer.writeLength(bytes.readableBytes, after: UInt8(ascii: "$"))
        buffer.writeImmutableBuffer(bytes)
      case .integer(let number):
        let text = String(number)
        buffer.writeLength(text.utf8.count, after: UInt8(ascii: "$"))
        buffer.writeString(text)
      }
      buffer.writeInteger(ByteBuffer.lineEnd)
    }
  }

  /// About how many bytes the command takes on the wire.
  var encodedSize: Int {
    arguments.reduce(16) { size, argument in
      switch argument {
      case .string(let text): size + text.utf8.count + 16
      case .bytes(let bytes): size + bytes.readableBytes + 16
      case .integer: size + 36
      }
    }
  }
}

extension ByteBuffer {
  /// CR, LF.
  fileprivate static var lineEnd: UInt16 { 0x0D0A }

  /// Writes a RESP header: its type, a count of at least 0, CR, LF.
  fileprivate mutating func writeLength(_ length: Int, after type: UInt8) {
    writeInteger(type)
    if length < 10 {
      writeInteger(UInt8(ascii: "0") + UInt8(length))
    } else {
      writeString(String(length))
    }
    writeInteger(Self.lineEnd)
  }
}
