/// A month of the Gregorian calendar, written `YYYY-MM`.
public struct CalendarMonth: Hashable, Comparable, Sendable {
  public let year: Int
  public let month: Int

  /// A month by its year and its number from 1 to 12.
  public init(year: Int, month: Int) {
    self.year = year
    self.month = month
  }

  public static func < (left: Self, right: Self) -> Bool { (left.year, left.month) < (right.year, right.month) }

  /// How many days the month has.
  public var dayCount: Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The first day of the month.
  public var firstDay: CalendarDate {
    CalendarDate(dayNumber: CalendarDate.dayNumber(year: year, month: month, day: 1))
  }

  /// Every day of the month, in order.
  public var days: [CalendarDate] {
    let first = firstDay
    return (0..<dayCount).map { first.advanced(byDays: $0) }
  }

  /// The month after this one.
  public var next: CalendarMonth {
    month == 12 ? CalendarMonth(year: year + 1, month: 1) : CalendarMonth(year: year, month: month + 1)
  }
}

extension CalendarMonth: CustomStringConvertible {
  public var description: String { "\(year.padded(to: 4))-\(month.padded(to: 2))" }
}
