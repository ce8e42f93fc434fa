public import Kernel
public import PostgresClient

// How the kernel's types are read from columns.

extension UniqueID: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) {
    let uuid = try PostgresUUID(from: cell)
    self.init(high: uuid.high, low: uuid.low)
  }
}

extension ID: PostgresDecodable {
  package init(from cell: PostgresCell) throws(PostgresError) { self.init(try UniqueID(from: cell)) }
}

extension TenantID: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) { self.init(try UniqueID(from: cell)) }
}

extension CalendarDate: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) {
    self.init(dayNumber: Int(try PostgresDate(from: cell).daysSince1970))
  }
}

extension Timestamp: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) {
    let microseconds = try PostgresTimestamp(from: cell).microsecondsSince1970
    // Rounded down, also before 1970.
    self.init(milliseconds: microseconds >= 0 ? microseconds / 1000 : (microseconds - 999) / 1000)
  }
}

extension Slug: PostgresDecodable {
  package init(from cell: PostgresCell) throws(PostgresError) {
    guard let slug = Slug(try String(from: cell)) else { throw cell.mismatch("slug") }
    self = slug
  }
}

extension CurrencyCode: PostgresDecodable {
  package init(from cell: PostgresCell) throws(PostgresError) {
    guard let code = CurrencyCode(try String(from: cell)) else { throw cell.mismatch("ISO 4217 code") }
    self = code
  }
}

extension TenantTimeZone: PostgresDecodable {
  package init(from cell: PostgresCell) throws(PostgresError) {
    guard let zone = TenantTimeZone(identifier: try String(from: cell)) else { throw cell.mismatch("IANA time zone") }
    self = zone
  }
}

extension Digest: PostgresDecodable {
  package init(from cell: PostgresCell) throws(PostgresError) {
    let digest = cell.withBytes { Digest(hexadecimal: Hexadecimal.encode($0)) }
    guard let digest else { throw cell.mismatch("SHA-256") }
    self = digest
  }
}
