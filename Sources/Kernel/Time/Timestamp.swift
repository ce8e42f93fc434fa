/// A point in time with millisecond precision, written as RFC 3339 in UTC.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public let milliseconds: Int64

  /// A point in time by its milliseconds since the Unix epoch.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  /// The time `duration` later, to the millisecond.
  public func advanced(by duration: Duration) -> Timestamp {
    Timestamp(milliseconds: milliseconds + duration.wholeMilliseconds)
  }

  /// How long it is from this time to a later one; negative when `other` is earlier.
  public func duration(to other: Timestamp) -> Duration {
    .milliseconds(other.milliseconds - milliseconds)
  }
}

extension Timestamp: CustomStringConvertible {
  public var description: String {
    let day = milliseconds.flooredQuotient(by: 86_400_000)
    let inDay = Int(milliseconds - day * 86_400_000)
    let date = CalendarDate(dayNumber: Int(day))
    // Both halves are short enough to need no memory of their own.
    let time = String(unsafeUninitializedCapacity: 14) { text in
      text.write("T", inDay / 3_600_000, digits: 2, at: 0)
      text.write(":", inDay / 60_000 % 60, digits: 2, at: 3)
      text.write(":", inDay / 1000 % 60, digits: 2, at: 6)
      text.write(".", inDay % 1000, digits: 3, at: 9)
      text[13] = UInt8(ascii: "Z")
      return 14
    }
    return date.description + time
  }

  /// Reads the form `description` writes, and the same without the fraction; nil for anything else.
  public init?(_ text: String) {
    let halves = text.split(separator: "T", omittingEmptySubsequences: false)
    guard halves.count == 2, let date = CalendarDate(String(halves[0])), halves[1].hasSuffix("Z") else { return nil }
    let clockAndFraction = halves[1].dropLast().split(separator: ".", omittingEmptySubsequences: false)
    let parts = clockAndFraction[0].split(separator: ":", omittingEmptySubsequences: false)
      .map { Self.number($0, digits: 2) }
    guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2],
      (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second), clockAndFraction.count <= 2
    else { return nil }
    var fraction = 0
    if clockAndFraction.count == 2 {
      guard let value = Self.number(clockAndFraction[1], digits: 3) else { return nil }
      fraction = value
    }
    let inDay = ((hour * 60 + minute) * 60 + second) * 1000 + fraction
    self.init(milliseconds: Int64(date.dayNumber) * 86_400_000 + Int64(inDay))
  }

  /// The number that exactly so many ASCII digits write; nil for signs and anything else.
  private static func number(_ text: Substring, digits count: Int) -> Int? {
    text.utf8.count == count && text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) ? Int(text) : nil
  }
}

extension Timestamp: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let time = Timestamp(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected an RFC 3339 UTC time")
    }
    self = time
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Duration {
  /// Whole milliseconds, rounded towards zero.
  public var wholeMilliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }

  /// Seconds, fraction included.
  public var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension BinaryInteger {
  /// The quotient rounded towards negative infinity.
  func flooredQuotient(by divisor: Self) -> Self {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }

  /// Decimal digits, zero-padded on the left.
  func padded(to width: Int) -> String {
    let digits = String(self)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  /// Writes a mark and the last decimal digits of a number that is not negative.
  func write(_ mark: Unicode.Scalar, _ number: Int, digits: Int, at place: Int) {
    self[place] = UInt8(ascii: mark)
    write(number, digits: digits, at: place + 1)
  }

  /// Writes the last decimal digits of a number that is not negative.
  func write(_ number: Int, digits: Int, at place: Int) {
    var rest = number
    for position in (place..<place + digits).reversed() {
      self[position] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
  }
}
