extension [UInt8] {
  /// Appends the bytes of an integer, most significant first.
  mutating func appendBigEndian(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }

  /// Overwrites four bytes.
  mutating func replaceBigEndian(at position: Int, with value: Int32) {
    Swift.withUnsafeBytes(of: value.bigEndian) { replaceSubrange(position..<position + 4, with: $0) }
  }

  mutating func append(_ value: PostgresUUID) {
    appendBigEndian(value.high)
    appendBigEndian(value.low)
  }

  /// Infinities stay what they are; a date beyond what 32 bits hold becomes infinite.
  mutating func append(_ value: PostgresDate) {
    let days = value.daysSince1970
    let (counted, overflows) = days.subtractingReportingOverflow(PostgresDate.epoch)
    appendBigEndian(days == .max || days == .min ? days : overflows ? .min : counted)
  }

  mutating func append(_ value: PostgresTimestamp) {
    let time = value.microsecondsSince1970
    let (counted, overflows) = time.subtractingReportingOverflow(PostgresTimestamp.epoch)
    appendBigEndian(time == .max || time == .min ? time : overflows ? .min : counted)
  }

  /// `jsonb` on the wire is a version byte and the text.
  mutating func appendJSONB(_ text: some Collection<UInt8>) {
    append(1)
    append(contentsOf: text)
  }
}

extension FixedWidthInteger {
  /// Reads the most significant byte first. `bytes` must hold at least as many as this type has.
  init(bigEndian bytes: UnsafeRawBufferPointer) {
    self.init(bigEndian: bytes.loadUnaligned(as: Self.self))
  }
}
