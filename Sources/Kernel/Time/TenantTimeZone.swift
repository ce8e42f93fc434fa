import Foundation

/// A tenant's time zone: decides which day it is for the tenant, and so what "today" and "past" mean.
package struct TenantTimeZone: Hashable, Sendable {
  /// The IANA name, for example `America/Halifax`.
  package let identifier: String
  private let zone: TimeZone

  /// A zone by its IANA name; nil when the name is unknown.
  package init?(identifier: String) {
    guard !identifier.isEmpty, let zone = TimeZone(identifier: identifier) else { return nil }
    self.identifier = identifier
    self.zone = zone
  }

  /// The day it is in this zone at `time`.
  package func date(at time: Timestamp) -> CalendarDate {
    let instant = Date(timeIntervalSince1970: Double(time.milliseconds) / 1000)
    let local = time.milliseconds + Int64(zone.secondsFromGMT(for: instant)) * 1000
    return CalendarDate(dayNumber: Int(local.flooredQuotient(by: 86_400_000)))
  }
}

extension TenantTimeZone: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let zone = TenantTimeZone(identifier: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected an IANA time zone")
    }
    self = zone
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(identifier)
  }
}
