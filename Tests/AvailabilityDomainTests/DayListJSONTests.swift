import Caching
import Foundation
import Kernel
import Testing

@testable import AvailabilityDomain

@Suite("JSON of days")
struct DayListJSONTests {
  @Test("What days write themselves is what encoding them by their members would give", arguments: 0...4)
  func sameBytes(_ count: Int) throws {
    let today = try #require(CalendarDate("2030-05-31"))
    let days = (0..<count).map { number in
      DayAvailability(
        today.advanced(byDays: number - 1), today: today, isBlackout: number == 1, taken: number % 2, capacity: 1)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let expected = try encoder.encode(DayList(days))
    #expect(Data(try CacheCodec.encode(DayList(days)).readableBytesView) == expected)
    for day in days {
      let expected = try encoder.encode(day)
      #expect(Data(try CacheCodec.encode(day).readableBytesView) == expected)
    }
  }
}
