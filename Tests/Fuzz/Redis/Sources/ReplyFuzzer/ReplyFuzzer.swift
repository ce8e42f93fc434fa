import NIOCore

/// One input of libFuzzer: bytes that a server might send. Whatever they are, the reader answers replies or a violation;
/// the same ones however the bytes are cut; and after a violation nothing but violations.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = ByteBuffer(bytes: UnsafeBufferPointer(start: bytes, count: count))
  let whole = Outcome(of: [input])
  let cut = Outcome(of: input.pieces)
  let common = min(whole.replies.count, cut.replies.count)
  precondition(whole.replies.prefix(common) == cut.replies.prefix(common), "replies depend on where they are cut")
  if !whole.isViolated, !cut.isViolated { precondition(whole.replies.count == cut.replies.count, "a reply is lost") }

  var again = ByteBuffer()
  for reply in whole.replies { again.writeReply(reply) }
  precondition(Outcome(of: [again]).replies == whole.replies, "a reply is read as something else than was sent")
  return 0
}

/// What a reader makes of bytes that come in pieces.
private struct Outcome {
  var replies: [RESPValue] = []
  var isViolated = false

  init(of pieces: [ByteBuffer]) {
    // Small enough for short inputs to meet them.
    let reader = ReplyReader(limits: .init(bulkBytes: 2048, lineBytes: 256, elements: 256))
    for piece in pieces {
      let before = replies.count
      do {
        try reader.feed(piece, into: &replies)
        precondition(!isViolated, "a violation is forgotten")
      } catch {
        precondition(!isViolated || replies.count == before, "a reply after a violation")
        isViolated = true
      }
    }
  }
}

extension ByteBuffer {
  /// Cut at places that depend on the bytes alone.
  fileprivate var pieces: [ByteBuffer] {
    var (rest, pieces) = (self, [ByteBuffer]())
    var state = UInt64(truncatingIfNeeded: readableBytes) &+ 0x9E37_79B9_7F4A_7C15
    while rest.readableBytes > 0 {
      state = state &* 6_364_136_223_846_793_005 &+ UInt64(rest.readableBytesView.first ?? 0)
      let count = min(rest.readableBytes, Int(state >> 60) + 1)
      if let piece = rest.readSlice(length: count) { pieces.append(piece) }
    }
    return pieces
  }

  /// A reply as a server would send it.
  fileprivate mutating func writeReply(_ reply: RESPValue) {
    switch reply {
    case .simpleString(let bytes): writeLine("+", bytes)
    case .error(let error): writeLine("-", ByteBuffer(string: error.message))
    case .integer(let number): writeString(":\(number)\r\n")
    case .null: writeString("$-1\r\n")
    case .bulkString(let bytes):
      writeString("$\(bytes.readableBytes)\r\n")
      writeLine("", bytes)
    case .array(let elements):
      writeString("*\(elements.count)\r\n")
      for element in elements { writeReply(element) }
    }
  }

  private mutating func writeLine(_ type: String, _ bytes: ByteBuffer) {
    writeString(type)
    writeImmutableBuffer(bytes)
    writeString("\r\n")
  }
}
