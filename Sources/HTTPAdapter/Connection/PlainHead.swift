/// The head of a request that is simple enough to be read without a doubt: a GET or HEAD of HTTP/1.1 without a body.
///
/// What it takes is a strict part of what the HTTP decoder takes. Whatever else there is (a body or a word of one, an
/// upgrade, an expectation, a repeated field that matters, folded lines, bare line feeds, bytes beyond ASCII, a head that
/// is not complete or long) is none, and goes to the decoder untouched. So no two readings of one request can differ.
struct PlainHead {
  /// Most bytes of a head that is read here.
  static let maximumLength = 8 << 10
  private static let maximumFields = 100

  /// Where something stands in the bytes; empty for what is not there.
  typealias Place = Range<Int>

  private(set) var isHead = false
  private(set) var target: Place = 0..<0
  private(set) var tenantKey: Place = 0..<0
  private(set) var acceptEncoding: Place = 0..<0
  private(set) var ifNoneMatch: Place = 0..<0
  private(set) var requestID: Place = 0..<0
  private(set) var origin: Place = 0..<0
  private(set) var traceParent: Place = 0..<0
  private(set) var forwarded: Place = 0..<0
  private(set) var forwardedFor: Place = 0..<0
  private(set) var hasAuthorization = false
  /// Whether a field is there whose value is for one caller alone.
  private(set) var hasSecret = false
  private var host: Place = 0..<0
  /// How many bytes the head has, its empty line included.
  private(set) var length = 0

  /// Reads the head that `bytes` begin with; nil when it is not a whole one of this kind.
  init?(_ bytes: Span<UInt8>) {
    guard var position = readRequestLine(bytes) else { return nil }
    let end = min(bytes.count, Self.maximumLength)
    for _ in 0...Self.maximumFields {
      guard position + 1 < end else { return nil }
      if bytes[position] == .carriageReturn {
        guard bytes[position + 1] == .lineFeed, !host.isEmpty else { return nil }
        length = position + 2
        return
      }
      guard let next = readField(bytes, at: position, end: end) else { return nil }
      position = next
    }
    return nil
  }

  /// Returns where the fields begin.
  private mutating func readRequestLine(_ bytes: Span<UInt8>) -> Int? {
    let start: Int
    if Self.has("GET ", bytes, at: 0) {
      start = 4
    } else if Self.has("HEAD ", bytes, at: 0) {
      (start, isHead) = (5, true)
    } else {
      return nil
    }
    let end = min(bytes.count, Self.maximumLength)
    guard start < end, bytes[start] == UInt8(ascii: "/") else { return nil }
    var position = start
    // All that is visible in ASCII but what would begin a fragment.
    while position < end, 0x21...0x7E ~= bytes[position], bytes[position] != UInt8(ascii: "#") { position += 1 }
    guard Self.has(" HTTP/1.1\r\n", bytes, at: position) else { return nil }
    target = start..<position
    return position + 11
  }

  /// Returns where the next line begins; nil also for a field that is not for here.
  private mutating func readField(_ bytes: Span<UInt8>, at start: Int, end: Int) -> Int? {
    var position = start
    while position < end, Self.isToken(bytes[position]) { position += 1 }
    guard position > start, position < end, bytes[position] == UInt8(ascii: ":") else { return nil }
    let name = start..<position
    position += 1
    while position < end, Self.isBlank(bytes[position]) { position += 1 }
    let first = position
    var last = position
    while position < end, 0x20...0x7E ~= bytes[position] || bytes[position] == .tab {
      position += 1
      if !Self.isBlank(bytes[position - 1]) { last = position }
    }
    guard position + 1 < end, bytes[position] == .carriageReturn, bytes[position + 1] == .lineFeed,
      note(bytes, name, first..<last)
    else { return nil }
    return position + 2
  }

  /// Takes down a field that matters; false for one that is not for here.
  private mutating func note(_ bytes: Span<UInt8>, _ name: Place, _ value: Place) -> Bool {
    func isNamed(_ text: StaticString) -> Bool { Self.has(text, bytes, at: name.lowerBound, ignoringCase: true) }
    switch name.count {
    case 4 where isNamed("host"): return Self.isHost(bytes, value) && Self.set(&host, value)
    case 6 where isNamed("origin"): return Self.set(&origin, value)
    case 9 where isNamed("forwarded"): return Self.set(&forwarded, value)
    case 10 where isNamed("connection"):
      return value.count == 10 && Self.has("keep-alive", bytes, at: value.lowerBound, ignoringCase: true)
    case 11 where isNamed("traceparent"): return Self.set(&traceParent, value)
    case 12 where isNamed("x-tenant-key"): return Self.set(&tenantKey, value)
    case 12 where isNamed("x-request-id"): return Self.set(&requestID, value)
    case 6 where isNamed("cookie"), 15 where isNamed("x-booking-token"), 19 where isNamed("proxy-authorization"):
      hasSecret = true
    case 13 where isNamed("authorization"): (hasAuthorization, hasSecret) = (true, true)
    case 13 where isNamed("if-none-match"): return Self.set(&ifNoneMatch, value)
    case 15 where isNamed("accept-encoding"): return Self.set(&acceptEncoding, value)
    case 15 where isNamed("x-forwarded-for"): return Self.set(&forwardedFor, value)
    case 6: return !isNamed("expect")
    case 7: return !isNamed("upgrade") && !isNamed("trailer")
    case 14: return !isNamed("content-length") && !isNamed("http2-settings")
    case 17: return !isNamed("transfer-encoding")
    default: break
    }
    return true
  }

  /// False for a field that is there twice, or is empty: that is not the same as absent.
  private static func set(_ place: inout Place, _ value: Place) -> Bool {
    guard place.isEmpty, !value.isEmpty else { return false }
    place = value
    return true
  }

  private static func isHost(_ bytes: Span<UInt8>, _ value: Place) -> Bool {
    var form = HostForm()
    for position in value { form.read(bytes[position]) }
    return form.isWhole
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == .tab }

  /// Whether a byte may be in the name of a field (RFC 9110, section 5.6.2).
  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "!"),
      UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "^"),
      UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// - Parameter ignoringCase: then `text` has to be in lower case.
  private static func has(
    _ text: StaticString, _ bytes: Span<UInt8>, at start: Int, ignoringCase: Bool = false
  ) -> Bool {
    guard bytes.count - start >= text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { text in
      for (offset, expected) in text.enumerated() {
        let byte = bytes[start + offset]
        if byte == expected { continue }
        guard ignoringCase, UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte, byte | 0x20 == expected else { return false }
      }
      return true
    }
  }
}

extension UInt8 {
  fileprivate static let carriageReturn = UInt8(ascii: "\r")
  fileprivate static let lineFeed = UInt8(ascii: "\n")
  fileprivate static let tab = UInt8(ascii: "\t")
}
