/// A `uuid` as the two halves of its 128 bits, most significant first.
public struct PostgresUUID: Hashable, Sendable {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// A `date` as days since 1970-01-01; negative before.
///
/// `infinity` is `Int32.max`, `-infinity` is `Int32.min`.
public struct PostgresDate: Hashable, Sendable {
  /// Days from 1970-01-01 to 2000-01-01, from where PostgreSQL counts.
  static let epoch: Int32 = 10_957

  public var daysSince1970: Int32

  public init(daysSince1970: Int32) { self.daysSince1970 = daysSince1970 }
}

/// A `timestamptz` or `timestamp` as microseconds since 1970-01-01T00:00:00Z; negative before.
///
/// `infinity` is `Int64.max`, `-infinity` is `Int64.min`.
public struct PostgresTimestamp: Hashable, Sendable {
  /// Microseconds from 1970 to 2000, from where PostgreSQL counts.
  static let epoch: Int64 = 946_684_800_000_000

  public var microsecondsSince1970: Int64

  public init(microsecondsSince1970: Int64) { self.microsecondsSince1970 = microsecondsSince1970 }
}
