import Kernel
import Synchronization

/// The `Date` field (RFC 9110, section 5.6.7), made once a second.
struct DateField {
  private let clock: any WallClock
  private var made: (second: Int64, line: [UInt8]) = (.min, [])

  init(clock: any WallClock) { self.clock = clock }

  /// The line of the field now, for example `Date: Sun, 06 Nov 1994 08:49:37 GMT`, with its end.
  mutating func line() -> [UInt8] {
    let second = clock.now().milliseconds / 1000
    if made.second != second { made = (second, Array("Date: \(Self.text(second))\r\n".utf8)) }
    return made.line
  }

  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// The value of the field.
  static func text(_ second: Int64) -> String {
    let date = CalendarDate(dayNumber: Int(second / 86_400))
    let (year, month, day) = date.parts
    let inDay = Int(second % 86_400)
    let time = [inDay / 3600, inDay / 60 % 60, inDay % 60].map(twoDigits).joined(separator: ":")
    return "\(days[date.dayNumber % 7]), \(twoDigits(day)) \(months[month - 1]) \(year) \(time) GMT"
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

/// The value of the field for tasks and handlers, which share it.
final class SharedDateField: Sendable {
  private let clock: any WallClock
  private let made = Mutex<(second: Int64, text: String)>((.min, ""))

  init(clock: any WallClock) { self.clock = clock }

  /// The time now, for example `Sun, 06 Nov 1994 08:49:37 GMT`.
  var value: String {
    let second = clock.now().milliseconds / 1000
    return made.withLock { made in
      if made.second != second { made = (second, DateField.text(second)) }
      return made.text
    }
  }
}
