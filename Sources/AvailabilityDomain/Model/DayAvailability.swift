package import Caching
package import Kernel

/// Whether one day can be booked, in its wire form.
package struct DayAvailability: Codable, Sendable, Equatable {
  /// Why a day cannot be booked.
  package enum Reason: String, Codable, Sendable {
    case booked
    case blackout
    case past
  }

  package let date: CalendarDate
  package let available: Bool
  @ExplicitNull package var reason: Reason?
  /// How many more bookings the day takes.
  package let remaining: Int

  /// - Parameter taken: live bookings of that day.
  init(_ date: CalendarDate, today: CalendarDate, isBlackout: Bool, taken: Int, capacity: Int) {
    let free = max(0, capacity - taken)
    let reason: Reason? = date < today ? .past : isBlackout ? .blackout : free == 0 ? .booked : nil
    self.date = date
    available = reason == nil
    _reason = ExplicitNull(wrappedValue: reason)
    remaining = reason == nil ? free : 0
  }
}

extension DayAvailability: JSONWritable {
  package func write(to json: inout JSONBytes) {
    json.put(#"{"available":"#)
    json.write(available)
    json.put(#","date":"#)
    json.write(date.description)
    json.put(#","reason":"#)
    json.write(reason?.rawValue)
    json.put(#","remaining":"#)
    json.write(remaining)
    json.put("}")
  }
}

/// The days of a range, in order, in their wire form.
package struct DayList: Encodable, JSONWritable {
  package let data: [DayAvailability]

  package init(_ data: [DayAvailability]) { self.data = data }

  package func write(to json: inout JSONBytes) {
    json.put(#"{"data":"#)
    json.write(data)
    json.put("}")
  }
}

/// What is known of one month: what is cached, since it does not depend on which day it is today.
package struct MonthOccupancy: Codable, Sendable, Equatable {
  /// Live bookings by day; days without any are left out.
  package let taken: [Int: Int]
  /// Days without bookings by the tenant's will.
  package let blackouts: Set<Int>
  /// When the next pending hold of the month runs out, and these numbers with it.
  package let holdsUntil: Timestamp?

  /// - Parameters:
  ///   - taken: live bookings by day of the month.
  ///   - blackouts: days of the month.
  package init(taken: [Int: Int], blackouts: Set<Int>, holdsUntil: Timestamp?) {
    self.taken = taken
    self.blackouts = blackouts
    self.holdsUntil = holdsUntil
  }
}
