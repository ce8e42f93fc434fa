/// A parameter of a statement, with the type it is sent as.
///
/// All but ``untyped(_:)`` go in binary form. Their type is fixed: a `text` does not become an `enum`, a `date` or a
/// `numeric` by itself; write a cast in the statement (`$1::booking_status`) or send it untyped.
public enum PostgresValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int16(Int16)
  case int32(Int32)
  case int64(Int64)
  case double(Double)
  case text(String)
  /// `bytea`.
  case bytes([UInt8])
  case uuid(PostgresUUID)
  case date(PostgresDate)
  /// `timestamptz`.
  case timestamp(PostgresTimestamp)
  /// A JSON text, sent as `jsonb`.
  case json(String)
  /// A JSON text as UTF-8, sent as `jsonb`.
  case jsonBytes([UInt8])
  /// A text whose type the server infers from the statement: enums, `numeric`, dates as text. No U+0000.
  case untyped(String)
  case boolArray([Bool])
  case int32Array([Int32])
  case int64Array([Int64])
  case doubleArray([Double])
  case textArray([String?])
  case uuidArray([PostgresUUID])
  case dateArray([PostgresDate])
  case timestampArray([PostgresTimestamp])

  /// `text`, or NULL for nil.
  public static func optional(_ text: String?) -> Self { text.map(Self.text) ?? .null }

  /// `bigint`.
  public static func int(_ value: Int) -> Self { .int64(Int64(value)) }
}

extension PostgresValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
  public init(nilLiteral: ()) { self = .null }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// `bigint`.
  public init(integerLiteral value: Int64) { self = .int64(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(stringLiteral value: String) { self = .text(value) }
}
