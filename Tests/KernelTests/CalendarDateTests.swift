import Foundation
import Kernel
import Testing

@Suite("CalendarDate")
struct CalendarDateTests {
  @Test("Every day from 1900 to 2100 follows the one before, in its number, its parts and its text")
  func everyDay() throws {
    var number = try #require(CalendarDate("1899-12-31")).dayNumber
    for year in 1900...2100 {
      for month in 1...12 {
        for day in 1...CalendarMonth(year: year, month: month).dayCount {
          number += 1
          let date = CalendarDate(dayNumber: number)
          guard date.parts == (year, month, day), CalendarDate(year: year, month: month, day: day) == date,
            CalendarDate(date.description) == date, date.month == CalendarMonth(year: year, month: month)
          else {
            Issue.record("\(year)-\(month)-\(day) is day \(number), which is \(date)")
            return
          }
        }
      }
    }
    #expect(number == 47_846)  // 2100-12-31
  }

  @Test(
    "Known days have their numbers",
    arguments: [
      ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2027-07-01", 21_000), ("0001-01-01", -719_162),
      ("9999-12-31", 2_932_896),
    ])
  func knownDays(text: String, number: Int) {
    #expect(CalendarDate(text)?.dayNumber == number)
    #expect(CalendarDate(dayNumber: number).description == text)
  }

  @Test(
    "February has 29 days in leap years alone", arguments: [(2024, true), (2023, false), (1900, false), (2000, true)])
  func leapYears(year: Int, isLeap: Bool) {
    #expect(CalendarMonth(year: year, month: 2).dayCount == (isLeap ? 29 : 28))
    #expect((CalendarDate("\(year)-02-29") != nil) == isLeap)
  }

  @Test(
    "What is not a day in this form is refused",
    arguments: [
      "", "2027-02-30", "2027-04-31", "2027-13-01", "2027-00-10", "2027-01-00", "2027-01-32", "0000-01-01",
      "2027-1-01", "2027-01-1", "27-01-01", "12027-01-01", "2027/01/01", "2027-01-01 ", " 2027-01-01", "2027-01-01T",
      "-027-01-01", "+027-01-01", "2027-0a-01", "２０２７-01-01", "2027–01–01",
    ])
  func refused(text: String) { #expect(CalendarDate(text) == nil) }

  @Test("Days order as they pass, over months and years")
  func order() throws {
    let texts = ["2026-12-31", "2027-01-01", "2027-01-31", "2027-02-01", "2027-12-31"]
    let dates = texts.compactMap { CalendarDate($0) }
    #expect(dates.shuffled().sorted() == dates)
    #expect(dates[0].advanced(byDays: 1) == dates[1])
    #expect(dates[3].advanced(byDays: -1) == dates[2])
  }

  @Test("A month has its days in order, and the next one follows")
  func months() {
    let december = CalendarMonth(year: 2027, month: 12)
    #expect(december.description == "2027-12")
    #expect(december.next == CalendarMonth(year: 2028, month: 1))
    #expect(december < december.next)
    #expect(december.days.map(\.description).first == "2027-12-01")
    #expect(december.days.map(\.description).last == "2027-12-31")
    #expect(december.days.count == 31)
  }

  @Test("A date is a JSON string; another string is refused")
  func json() throws {
    let date = try #require(CalendarDate("2028-02-29"))
    let data = try JSONEncoder().encode([date])
    #expect(String(decoding: data, as: UTF8.self) == #"["2028-02-29"]"#)
    #expect(try JSONDecoder().decode([CalendarDate].self, from: data) == [date])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([CalendarDate].self, from: Data(#"["2027-02-29"]"#.utf8))
    }
  }
}
