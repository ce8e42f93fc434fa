import Kernel
import Synchronization

/// The value of the `Date` field (RFC 9110, section 5.6.7), made once a second.
final class DateField: Sendable {
  private let clock: any WallClock
  private let made = Mutex<(second: Int64, text: String)>((.min, ""))

  init(clock: any WallClock) { self.clock = clock }

  /// The time now, for example `Sun, 06 Nov 1994 08:49:37 GMT`.
  var value: String {
    let second = clock.now().milliseconds / 1000
    return made.withLock { made in
      if made.second != second { made = (second, Self.text(second)) }
      return made.text
    }
  }

  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  static func text(_ second: Int64) -> String {
    let date = CalendarDate(dayNumber: Int(second / 86_400))
    let (year, month, day) = date.parts
    let inDay = Int(second % 86_400)
    let time = [inDay / 3600, inDay / 60 % 60, inDay % 60].map(twoDigits).joined(separator: ":")
    return "\(days[date.dayNumber % 7]), \(twoDigits(day)) \(months[month - 1]) \(year) \(time) GMT"
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
