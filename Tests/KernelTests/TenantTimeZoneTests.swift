import Foundation
import Kernel
import Testing

@Suite("TenantTimeZone")
struct TenantTimeZoneTests {
  @Test(
    "The day changes at the zone's own midnight",
    arguments: [
      // Kiritimati is UTC+14 all year.
      ("Pacific/Kiritimati", "2027-07-01T09:59:59.999Z", "2027-07-01"),
      ("Pacific/Kiritimati", "2027-07-01T10:00:00.000Z", "2027-07-02"),
      ("Pacific/Kiritimati", "2026-12-31T10:00:00.000Z", "2027-01-01"),
      // Halifax is UTC-4 in winter and UTC-3 in summer.
      ("America/Halifax", "2027-01-16T03:59:59.999Z", "2027-01-15"),
      ("America/Halifax", "2027-01-16T04:00:00.000Z", "2027-01-16"),
      ("America/Halifax", "2027-07-02T02:59:59.999Z", "2027-07-01"),
      ("America/Halifax", "2027-07-02T03:00:00.000Z", "2027-07-02"),
      ("UTC", "1969-12-31T23:59:59.999Z", "1969-12-31"),
      ("UTC", "1970-01-01T00:00:00.000Z", "1970-01-01"),
    ])
  func midnight(zone: String, time: String, date: String) throws {
    let zone = try #require(TenantTimeZone(identifier: zone))
    let time = try #require(Timestamp(time))
    #expect(zone.date(at: time).description == date)
  }

  @Test(
    "The day on which the clocks change in Halifax begins and ends at its own offsets",
    arguments: [
      // 2027-03-14: begins at UTC-4, ends at UTC-3.
      ("2027-03-14T03:59:59.999Z", "2027-03-13"), ("2027-03-14T04:00:00.000Z", "2027-03-14"),
      ("2027-03-15T02:59:59.999Z", "2027-03-14"), ("2027-03-15T03:00:00.000Z", "2027-03-15"),
      // 2027-11-07: begins at UTC-3, ends at UTC-4.
      ("2027-11-07T02:59:59.999Z", "2027-11-06"), ("2027-11-07T03:00:00.000Z", "2027-11-07"),
      ("2027-11-08T03:59:59.999Z", "2027-11-07"), ("2027-11-08T04:00:00.000Z", "2027-11-08"),
    ])
  func clockChange(time: String, date: String) throws {
    let zone = try #require(TenantTimeZone(identifier: "America/Halifax"))
    let time = try #require(Timestamp(time))
    #expect(zone.date(at: time).description == date)
  }

  @Test("An unknown zone is refused", arguments: ["", "Mars/Olympus", "America", "Halifax"])
  func refused(identifier: String) { #expect(TenantTimeZone(identifier: identifier) == nil) }

  @Test("A zone is a JSON string; an unknown one is refused")
  func json() throws {
    let zone = try #require(TenantTimeZone(identifier: "America/Halifax"))
    let data = try JSONEncoder().encode(["zone": zone])
    #expect(try JSONDecoder().decode([String: String].self, from: data) == ["zone": "America/Halifax"])
    #expect(try JSONDecoder().decode([String: TenantTimeZone].self, from: data) == ["zone": zone])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([TenantTimeZone].self, from: Data(#"["Mars/Olympus"]"#.utf8))
    }
  }
}
