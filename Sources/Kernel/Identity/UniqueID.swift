/// A 128-bit identifier, written as a lowercase UUID (RFC 9562).
public struct UniqueID: Hashable, Comparable, Sendable {
  public let high: UInt64
  public let low: UInt64

  /// Wraps the 128 bits as they are.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A version 7 identifier: 48 bits of Unix milliseconds, then 74 random bits, so that newer ones sort later.
  public init(at time: Timestamp, random: (UInt64, UInt64)) {
    high = UInt64(bitPattern: time.milliseconds) << 16 | 0x7000 | (random.0 & 0x0FFF)
    low = 0x8000_0000_0000_0000 | (random.1 & 0x3FFF_FFFF_FFFF_FFFF)
  }

  /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, upper or lower case; nil for anything else.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == Self.textLength else { return nil }
    var bits: (UInt64, UInt64) = (0, 0)
    var digits = 0
    var position = 0
    for byte in text.utf8 {
      defer { position += 1 }
      if position == 8 || position == 13 || position == 18 || position == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard digits < 32, let nibble = Hexadecimal.value(of: byte) else { return nil }
      if digits < 16 { bits.0 = bits.0 << 4 | UInt64(nibble) } else { bits.1 = bits.1 << 4 | UInt64(nibble) }
      digits += 1
    }
    guard digits == 32 else { return nil }
    self.init(high: bits.0, low: bits.1)
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension UniqueID: CustomStringConvertible {
  public var description: String {
    String(unsafeUninitializedCapacity: Self.textLength) { buffer in
      write(to: UnsafeMutableRawBufferPointer(buffer))
      return Self.textLength
    }
  }

  /// The length of the written form.
  package static let textLength = 36

  /// Writes the form of ``description`` to the beginning of a buffer.
  package func write(to buffer: UnsafeMutableRawBufferPointer) {
    precondition(buffer.count >= Self.textLength, "no room for an identifier")
    func store(_ bits: UInt64, at position: Int, then next: Int? = nil) {
      let digits = Hexadecimal.digits(of: UInt32(truncatingIfNeeded: bits))
      let (first, last) = (UInt32(truncatingIfNeeded: digits), UInt32(truncatingIfNeeded: digits >> 32))
      buffer.storeBytes(of: first.littleEndian, toByteOffset: position, as: UInt32.self)
      buffer.storeBytes(of: last.littleEndian, toByteOffset: next ?? position + 4, as: UInt32.self)
    }
    store(high >> 32, at: 0)
    store(high, at: 9, then: 14)
    store(low >> 32, at: 19, then: 24)
    store(low, at: 28)
    buffer[8] = UInt8(ascii: "-")
    buffer[13] = UInt8(ascii: "-")
    buffer[18] = UInt8(ascii: "-")
    buffer[23] = UInt8(ascii: "-")
  }
}

extension UniqueID: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let id = UniqueID(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a UUID")
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
