import Kernel

/// The name of the cache tag of a month's occupancy, as the availability domain uses it.
enum AvailabilityTag {
  static func month(_ month: CalendarMonth) -> String { "month-\(month)" }
}
