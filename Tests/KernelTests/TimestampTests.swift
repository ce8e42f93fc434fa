import Foundation
import Kernel
import Testing

@Suite("Timestamp")
struct TimestampTests {
  @Test(
    "Times are written in UTC with milliseconds, also before 1970, and read again",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (1_800_000_000_123, "2027-01-15T08:00:00.123Z"),
      (-86_400_000, "1969-12-31T00:00:00.000Z"), (-86_400_001, "1969-12-30T23:59:59.999Z"),
      (951_782_399_007, "2000-02-28T23:59:59.007Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
      (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
  func text(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
    #expect(Timestamp(text)?.milliseconds == milliseconds)
  }

  @Test("Any time survives the way through its text")
  func roundTrip() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let time = Timestamp(milliseconds: .random(in: -62_135_596_800_000...253_402_300_799_999, using: &random))
      #expect(Timestamp(time.description) == time)
    }
  }

  @Test("The fraction may be left out")
  func withoutFraction() {
    #expect(Timestamp("2027-01-15T08:00:00Z")?.milliseconds == 1_800_000_000_000)
  }

  @Test(
    "Any other form is refused",
    arguments: [
      "", "2027-01-15", "2027-01-15T08:00:00", "2027-01-15 08:00:00Z", "2027-01-15T08:00Z", "2027-01-15T24:00:00Z",
      "2027-01-15T08:60:00Z", "2027-01-15T08:00:60Z", "2027-02-30T08:00:00Z", "2027-01-15T08:00:00+00:00",
      "2027-01-15T08:00:00.1Z", "2027-01-15T08:00:00.1234Z", "2027-01-15T08:00:00.Z", "2027-01-15T08:00:00.+12Z",
      "2027-01-15T8:00:00Z", "2027-01-15T+8:00:00Z", "2027-01-15T08:0:00Z", "2027-01-15T08:00:00.123.4Z",
      "2027-01-15T-0:00:00Z", "2027-01-15T008:00:00Z", "2027-01-15T08:00:00z", "2027-01-15TT08:00:00Z", "TZ", "Z",
    ])
  func refused(text: String) { #expect(Timestamp(text) == nil) }

  @Test("Time goes on by durations, to the millisecond")
  func arithmetic() {
    let time = Timestamp(milliseconds: 1_800_000_000_000)
    #expect(time.advanced(by: .seconds(1.5)).milliseconds == 1_800_000_001_500)
    #expect(time.advanced(by: .microseconds(999)) == time)
    #expect(time.advanced(by: .milliseconds(-1)) < time)
    #expect(time.duration(to: time.advanced(by: .seconds(90))) == .seconds(90))
    #expect(time.duration(to: time.advanced(by: .seconds(-90))) == .seconds(-90))
  }

  @Test("A time is a JSON string; another string is refused")
  func json() throws {
    let time = Timestamp(milliseconds: 1_800_000_000_001)
    let data = try JSONEncoder().encode([time])
    #expect(String(decoding: data, as: UTF8.self) == #"["2027-01-15T08:00:00.001Z"]"#)
    #expect(try JSONDecoder().decode([Timestamp].self, from: data) == [time])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Timestamp].self, from: Data(#"["now"]"#.utf8)) }
  }
}
