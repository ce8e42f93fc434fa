import NIOCore

extension RedisCommand {
  /// Appends the command as RESP: an array of bulk strings. In one write: every request has several of them.
  func encode(into buffer: inout ByteBuffer) {
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: encodedSize) { target in
      var output = CommandBytes(target: target)
      output.write(UInt8(ascii: "*"), arguments.count)
      for argument in arguments {
        switch argument {
        case .string(var text): text.withUTF8 { output.write(UnsafeRawBufferPointer($0)) }
        case .bytes(let bytes): bytes.withUnsafeReadableBytes { output.write($0) }
        case .integer(let number):
          var text = String(number)
          text.withUTF8 { output.write(UnsafeRawBufferPointer($0)) }
        }
      }
      return output.count
    }
  }

  /// At least as many bytes as the command takes on the wire.
  var encodedSize: Int {
    arguments.reduce(23) { size, argument in
      switch argument {
      case .string(let text): size + text.utf8.count + 25
      case .bytes(let bytes): size + bytes.readableBytes + 25
      case .integer: size + 45
      }
    }
  }
}

/// The bytes of a command in memory that has room for them.
private struct CommandBytes {
  let target: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(target: UnsafeMutableRawBufferPointer) { self.target = target }

  /// A RESP header: its type, a count of at least 0, CR, LF.
  mutating func write(_ type: UInt8, _ length: Int) {
    put(type)
    if length < 10 {
      put(UInt8(ascii: "0") + UInt8(length))
    } else {
      var digits = String(length)
      digits.withUTF8 { put(UnsafeRawBufferPointer($0)) }
    }
    endLine()
  }

  /// A bulk string.
  mutating func write(_ bytes: UnsafeRawBufferPointer) {
    write(UInt8(ascii: "$"), bytes.count)
    put(bytes)
    endLine()
  }

  private mutating func endLine() {
    put(UInt8(ascii: "\r"))
    put(UInt8(ascii: "\n"))
  }

  private mutating func put(_ byte: UInt8) {
    target[count] = byte
    count += 1
  }

  private mutating func put(_ bytes: UnsafeRawBufferPointer) {
    UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyMemory(from: bytes)
    count += bytes.count
  }
}
