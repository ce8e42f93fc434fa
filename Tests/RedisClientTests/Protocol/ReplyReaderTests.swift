import NIOCore
import Testing

@testable import RedisClient

@Suite("The reader of replies")
struct ReplyReaderTests {
  static let samples: [(bytes: String, value: RESPValue)] = [
    ("+OK\r\n", .simpleString(ByteBuffer(string: "OK"))),
    ("+\r\n", .simpleString(ByteBuffer())),
    ("-ERR no\r\n", .error(RedisServerError("ERR no"))),
    (":-9223372036854775808\r\n", .integer(.min)),
    ("$-1\r\n", .null),
    ("*-1\r\n", .null),
    ("$0\r\n\r\n", .bulkString(ByteBuffer())),
    ("$11\r\nab\r\n$5\r\nx+y\r\n", .bulkString(ByteBuffer(string: "ab\r\n$5\r\nx+y"))),
    ("*0\r\n", .array([])),
    (
      "*4\r\n*2\r\n:1\r\n*0\r\n$-1\r\n$1\r\nx\r\n-E\r\n",
      .array([
        .array([.integer(1), .array([])]), .null, .bulkString(ByteBuffer(string: "x")), .error(RedisServerError("E")),
      ])
    ),
    (
      String(repeating: "*1\r\n", count: 8) + ":7\r\n",
      (0..<8).reduce(RESPValue.integer(7)) { value, _ in .array([value]) }
    ),
  ]

  private func read(_ bytes: ByteBuffer, into reader: ReplyReader) throws -> [RESPValue] {
    var replies: [RESPValue] = []
    try reader.feed(bytes, into: &replies)
    return replies
  }

  @Test("Each kind of reply is read", arguments: samples.indices)
  func kinds(_ index: Int) throws {
    let sample = Self.samples[index]
    #expect(try read(ByteBuffer(string: sample.bytes), into: ReplyReader()) == [sample.value])
  }

  @Test("Replies cut at every byte are the same, and none comes early", arguments: samples.indices)
  func cuts(_ index: Int) throws {
    let (bytes, value) = Self.samples[index]
    let all = ByteBuffer(string: bytes + bytes)
    for cut in 0...all.readableBytes {
      var rest = all
      let reader = ReplyReader()
      let head = rest.readSlice(length: cut) ?? ByteBuffer()
      let early = try read(head, into: reader)
      #expect(early.count == cut / bytes.utf8.count)
      #expect(try early + read(rest, into: reader) == [value, value])
    }
  }

  @Test(
    "What is no RESP2 is an error, and so is everything after it",
    arguments: Self.garbage.indices)
  func refusal(_ index: Int) throws {
    let reader = ReplyReader()
    #expect(throws: ReplyReader.Violation.self) { try read(ByteBuffer(string: Self.garbage[index]), into: reader) }
    #expect(throws: ReplyReader.Violation.self) { try read(ByteBuffer(string: "+OK\r\n"), into: reader) }
  }

  static let garbage = [
    "HTTP/1.1 400 Bad Request\r\n", "\0\0\0", "*2\r\n?\r\n", "$abc\r\n", "$99999999999999999999\r\n", "*-2\r\n",
    "*9999999999\r\n", "$1\r\nxyz", ":1x\r\n", ":\r\n", "%1\r\n+a\r\n+b\r\n", "$536870913\r\n", "*1\r\n$536870913\r\n",
    String(repeating: "*1\r\n", count: 9), String(repeating: "*1000000\r\n", count: 50),
    "+" + String(repeating: "x", count: 70_000),
  ]

  @Test("A long bulk string is refused by its length, one at the limit is read")
  func bulkLimit() throws {
    var limits = ReplyReader.Limits()
    limits.bulkBytes = 100_000
    let value = String(repeating: "v", count: 100_000)
    #expect(try read(ByteBuffer(string: "$100000\r\n\(value)\r\n"), into: ReplyReader(limits: limits)).count == 1)
    #expect(throws: ReplyReader.Violation.self) {
      try read(ByteBuffer(string: "$100001\r\n"), into: ReplyReader(limits: limits))
    }
  }

  @Test("A length that is only claimed reserves no memory, and too many elements are refused")
  func claims() throws {
    var limits = ReplyReader.Limits()
    limits.elements = 1000
    #expect(try read(ByteBuffer(string: "*2147483647\r\n:1\r\n"), into: ReplyReader(limits: limits)).isEmpty)
    #expect(throws: ReplyReader.Violation.self) {
      try read(
        ByteBuffer(string: "*2147483647\r\n" + String(repeating: ":1\r\n", count: 1001)),
        into: ReplyReader(limits: limits))
    }
  }

  @Test("Random damage never crashes the reader, and what it reads before is what was sent", arguments: 0..<20)
  func damage(_ seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    for _ in 0..<200 {
      var bytes = [UInt8]()
      var values: [RESPValue] = []
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let sample = Self.samples[Int.random(in: 0..<Self.samples.count, using: &random)]
        bytes += sample.bytes.utf8
        values.append(sample.value)
      }
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let intact = bytes[..<place]
      bytes[place] = UInt8.random(in: 0...255, using: &random)
      let reader = ReplyReader()
      var replies: [RESPValue] = []
      try reader.feed(ByteBuffer(bytes: intact), into: &replies)
      #expect(Array(values.prefix(replies.count)) == replies)
      var rest = ByteBuffer(bytes: bytes[place...])
      while rest.readableBytes > 0 {
        let count = min(rest.readableBytes, Int.random(in: 1...7, using: &random))
        let piece = rest.readSlice(length: count) ?? ByteBuffer()
        // Either is right: damage may be unreadable, or be another reply.
        do { try reader.feed(piece, into: &replies) } catch { break }
      }
    }
  }
}

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
