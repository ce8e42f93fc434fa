package import Kernel

/// The bytes of a JSON text (RFC 8259) while it is written, in memory that grows.
///
/// Safe although it deals in addresses: whatever is written is preceded by ``reserve(_:)``, and what is read or moved lies
/// before ``count``, or in the eight bytes of room that there always are behind it.
package struct JSONBytes: ~Copyable {
  /// So that eight bytes can be looked at from any byte that has been written.
  private static let slack = 8

  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  /// How many bytes have been written.
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = capacity + Self.slack
    base = .allocate(byteCount: self.capacity, alignment: 8)
  }

  deinit { base.deallocate() }

  /// What has been written.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Takes back all but the first bytes.
  mutating func truncate(to count: Int) { self.count = min(count, self.count) }

  mutating func append(_ byte: UInt8) {
    reserve(1)
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    (base + count).copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  package mutating func put(_ literal: StaticString) {
    literal.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
  }

  /// A string with its quotes. What must not stand in one is escaped, nothing else.
  package mutating func write(_ text: String) {
    var text = text
    append(UInt8(ascii: "\""))
    text.withUTF8 { utf8 in
      let utf8 = UnsafeRawBufferPointer(utf8)
      var plain = 0
      var position = Self.endOfPlain(utf8, from: 0)
      while position < utf8.count {
        append(UnsafeRawBufferPointer(rebasing: utf8[plain..<position]))
        writeEscaped(utf8[position])
        plain = position + 1
        position = Self.endOfPlain(utf8, from: plain)
      }
      append(UnsafeRawBufferPointer(rebasing: utf8[plain...]))
    }
    append(UInt8(ascii: "\""))
  }

  package mutating func write(_ value: Bool) {
    if value { put("true") } else { put("false") }
  }

  package mutating func write(_ value: some FixedWidthInteger) {
    guard let magnitude = UInt64(exactly: value.magnitude) else { return write(digits: value.description) }
    if value < 0 { append(UInt8(ascii: "-")) }
    var length = 1
    var rest = magnitude
    while rest >= 10 {
      rest /= 10
      length += 1
    }
    reserve(length)
    rest = magnitude
    for offset in (0..<length).reversed() {
      let digit = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      base.storeBytes(of: digit, toByteOffset: count + offset, as: UInt8.self)
      rest /= 10
    }
    count += length
  }

  /// An identifier in quotes.
  package mutating func write(_ id: UniqueID) {
    append(UInt8(ascii: "\""))
    reserve(UniqueID.textLength)
    id.write(to: UnsafeMutableRawBufferPointer(start: base + count, count: UniqueID.textLength))
    count += UniqueID.textLength
    append(UInt8(ascii: "\""))
  }

  /// A text, or null.
  package mutating func write(_ text: String?) {
    if let text { write(text) } else { put("null") }
  }

  /// An array.
  package mutating func write(_ elements: [some JSONWritable]) {
    append(UInt8(ascii: "["))
    var isFirst = true
    for element in elements {
      if !isFirst { append(UInt8(ascii: ",")) }
      isFirst = false
      element.write(to: &self)
    }
    append(UInt8(ascii: "]"))
  }

  /// The shortest digits that read back as the same number; a whole number has no fraction. Of finite numbers only.
  mutating func write(_ value: some BinaryFloatingPoint & CustomStringConvertible) {
    let digits = value.description
    write(digits: digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits)
  }

  /// The text of a number.
  mutating func write(digits: String) {
    var digits = digits
    digits.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// Up to eight bytes from a place on as a number that sorts as they do.
  func prefix(at place: Int, length: Int) -> UInt64 {
    precondition(place >= 0 && place <= count)
    let word = UInt64(bigEndian: base.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    // Shifts by 64 and more leave nothing.
    return length >= 8 ? word : word & ~(UInt64.max >> UInt64(length * 8))
  }

  private mutating func reserve(_ length: Int) {
    let needed = count + length + Self.slack
    guard needed > capacity else { return }
    let larger = max(needed, capacity * 2)
    let new = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
    new.copyMemory(from: base, byteCount: count)
    base.deallocate()
    (base, capacity) = (new, larger)
  }

  private mutating func writeEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): put(#"\""#)
    case UInt8(ascii: "\\"): put(#"\\"#)
    case 0x08: put(#"\b"#)
    case 0x09: put(#"\t"#)
    case 0x0A: put(#"\n"#)
    case 0x0C: put(#"\f"#)
    case 0x0D: put(#"\r"#)
    default:
      put(#"\u00"#)
      for digit in [byte >> 4, byte & 15] {
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
      }
    }
  }

  /// Where the first byte stands that must be escaped, eight bytes at a time: a byte below 0x20, a quote or a backslash
  /// leaves the high bit of its place ("Determine if a word has a byte less than n", Bit Twiddling Hacks).
  private static func endOfPlain(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
    let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    var position = start
    while position + 8 <= text.count {
      let word = text.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      let (quotes, slashes) = (word ^ (ones &* 0x22), word ^ (ones &* 0x5C))
      let isControl = (word &- (ones &* 0x20)) & ~word
      let isQuote = (quotes &- ones) & ~quotes
      let isSlash = (slashes &- ones) & ~slashes
      guard (isControl | isQuote | isSlash) & highs == 0 else { break }
      position += 8
    }
    while position < text.count {
      let byte = text[position]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return position }
      position += 1
    }
    return position
  }
}
