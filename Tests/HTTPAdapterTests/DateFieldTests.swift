import Foundation
import Testing

@testable import HTTPAdapter

@Suite("Date field")
struct DateFieldTests {
  @Test("It has the form of RFC 9110 for every kind of day")
  func form() throws {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "GMT")
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    #expect(DateField.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    for second in stride(from: Int64(0), to: 4_000_000_000, by: 7_654_321) {
      #expect(DateField.text(second) == formatter.string(from: Date(timeIntervalSince1970: Double(second))))
    }
  }
}
