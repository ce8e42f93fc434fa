import Kernel
import PostgresClient

// How the kernel's types are sent as parameters.

extension PostgresValue {
  static func id(_ id: UniqueID) -> Self { .uuid(PostgresUUID(high: id.high, low: id.low)) }

  static func id<Subject>(_ id: ID<Subject>) -> Self { .id(id.raw) }

  static func tenant(_ tenant: TenantID) -> Self { .id(tenant.raw) }

  static func day(_ date: CalendarDate) -> Self { .date(PostgresDate(date)) }

  static func time(_ time: Timestamp) -> Self {
    .timestamp(PostgresTimestamp(microsecondsSince1970: time.milliseconds * 1000))
  }

  static func slug(_ slug: Slug) -> Self { .text(slug.description) }

  static func digest(_ digest: Digest) -> Self {
    let digits = Array(digest.description.utf8)
    return .bytes(
      stride(from: 0, to: digits.count, by: 2).map { position in
        // A digest writes hexadecimal digits and nothing else.
        (Hexadecimal.value(of: digits[position]) ?? 0) << 4 | (Hexadecimal.value(of: digits[position + 1]) ?? 0)
      })
  }

  /// `value` as `form` sends it, or NULL.
  static func optional<Value>(_ value: Value?, _ form: (Value) -> Self) -> Self { value.map(form) ?? .null }
}

extension PostgresDate {
  init(_ date: CalendarDate) { self.init(daysSince1970: Int32(clamping: date.dayNumber)) }
}

extension PostgresUUID {
  init<Subject>(_ id: ID<Subject>) { self.init(high: id.raw.high, low: id.raw.low) }
}
