package import Caching
package import Kernel

/// Which days of a tenant can be booked. Cached by month; a range is composed of its months.
package struct AvailabilityService: Sendable {
  private let repository: any AvailabilityRepositoryPort
  private let cache: any CacheServicePort
  private let policy: CachePolicy
  private let clock: any WallClock

  /// A service over a repository.
  package init(
    repository: any AvailabilityRepositoryPort, cache: any CacheServicePort, policy: CachePolicy,
    clock: any WallClock
  ) {
    self.repository = repository
    self.cache = cache
    var policy = policy
    policy.keepsValue = true
    self.policy = policy
    self.clock = clock
  }

  /// The longest range that can be asked for, in days.
  package static let maximumDays = 366

  /// One day.
  package func day(_ tenant: TenantProfile, _ date: CalendarDate) async throws -> DayAvailability {
    availability(tenant, date, try await occupancy(tenant.id, date.month), today: tenant.today(clock))
  }

  /// The days of a range, in order.
  package func days(_ tenant: TenantProfile, _ range: ClosedRange<CalendarDate>) async throws -> [DayAvailability] {
    let today = tenant.today(clock)
    var days: [DayAvailability] = []
    var month = range.lowerBound.month
    while month <= range.upperBound.month {
      let occupancy = try await occupancy(tenant.id, month)
      for date in month.days where range.contains(date) {
        days.append(availability(tenant, date, occupancy, today: today))
      }
      month = month.next
    }
    return days
  }

  /// Loads a month into the cache.
  package func warm(_ tenant: TenantID, _ month: CalendarMonth) async throws { _ = try await occupancy(tenant, month) }

  /// What a change of bookings or blackouts on `dates` makes stale.
  package static func tags(_ tenant: TenantID, _ dates: [CalendarDate]) -> [CacheTag] {
    Set(dates.map(\.month)).map { .named(tag($0), .tenant(tenant)) }
  }

  /// Whether a month is asked for often enough to be kept: from last month to three years ahead.
  private func isKept(_ month: CalendarMonth, at time: Timestamp) -> Bool {
    let today = CalendarDate(dayNumber: Int(time.milliseconds / 86_400_000))
    return (today.advanced(byDays: -31).month...today.advanced(byDays: 3 * 366).month).contains(month)
  }

  private func occupancy(_ tenant: TenantID, _ month: CalendarMonth) async throws -> MonthOccupancy {
    let key = CacheKey(
      "availability", .tenant(tenant), "month", [month.description], tags: [Self.tag(month)])
    var policy = policy
    // Whoever asks for any month there is must not leave a trace of each in the cache.
    if !isKept(month, at: clock.now()) { (policy.skipsRead, policy.skipsWrite) = (true, true) }
    let cached = try await cache.getOrSet(key, as: MonthOccupancy.self, policy: policy) {
      let now = clock.now()
      let occupancy = try await repository.occupancy(tenant, month, at: now)
      return Loaded(occupancy, timeToLive: occupancy.holdsUntil.map(now.duration(to:)))
    }
    guard let cached else { throw DomainError.notFound("month") }
    return try cached.value()
  }

  private func availability(
    _ tenant: TenantProfile, _ date: CalendarDate, _ occupancy: MonthOccupancy, today: CalendarDate
  ) -> DayAvailability {
    let day = date.parts.day
    return DayAvailability(
      date, today: today, isBlackout: occupancy.blackouts.contains(day), taken: occupancy.taken[day] ?? 0,
      capacity: tenant.dailyCapacity)
  }

  private static func tag(_ month: CalendarMonth) -> String { "month-\(month)" }
}
