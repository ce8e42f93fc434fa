/// A place in the write-ahead log, as `pg_lsn` has it. Compare only positions of one timeline.
public struct PostgresWALPosition: Hashable, Comparable, Sendable {
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// Reads `16/B374D848`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2, let high = UInt32(halves[0], radix: 16), let low = UInt32(halves[1], radix: 16) else {
      return nil
    }
    value = UInt64(high) << 32 | UInt64(low)
  }

  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

extension PostgresWALPosition: CustomStringConvertible {
  public var description: String {
    String(value >> 32, radix: 16, uppercase: true) + "/" + String(value & 0xFFFF_FFFF, radix: 16, uppercase: true)
  }
}

extension PostgresWALPosition: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) {
    guard cell.isBinary, cell.type == TypeOID.pgLsn, cell.bytes.count == 8 else { throw cell.mismatch("pg_lsn") }
    self.init(cell.withBytes { UInt64(bigEndian: $0) })
  }
}
