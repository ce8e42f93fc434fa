import AvailabilityDomain
import Caching
import Kernel
import PortContracts
import Synchronization
import Testing

@Suite("AvailabilityService")
struct AvailabilityServiceTests {
  private let clock = ManualClock(at: Fixtures.time)
  private let loads = Loads()

  @Test(
    "A day that is over is past, else blacked out, else booked; what is none of these has room",
    arguments: [
      // Days from today, blackout, bookings of 4: reason, room.
      (-1, true, 4, DayAvailability.Reason.past, 0), (-1, false, 0, .past, 0), (-400, false, 0, .past, 0),
      (0, true, 4, .blackout, 0), (0, true, 0, .blackout, 0), (0, false, 4, .booked, 0), (9, false, 7, .booked, 0),
      (0, false, 0, nil, 4), (0, false, 3, nil, 1), (300, false, 1, nil, 3),
    ] as [(Int, Bool, Int, DayAvailability.Reason?, Int)])
  func precedence(
    days: Int, isBlackout: Bool, taken: Int, reason: DayAvailability.Reason?, remaining: Int
  ) async throws {
    let today = CalendarDate(dayNumber: 20_833)
    let date = today.advanced(byDays: days)
    let service = service { _ in
      let day = date.parts.day
      return MonthOccupancy(
        taken: taken > 0 ? [day: taken] : [:], blackouts: isBlackout ? [day] : [], holdsUntil: nil)
    }
    let day = try await service.day(tenant(), date)
    #expect(day.date == date)
    #expect(day.reason == reason)
    #expect(day.available == (reason == nil))
    #expect(day.remaining == remaining)
  }

  @Test("A range shows each of its days once and in order, of every month it touches, each of them loaded once")
  func range() async throws {
    let service = service { month in
      MonthOccupancy(taken: [month.month: 4], blackouts: [28], holdsUntil: nil)
    }
    let first = try #require(CalendarDate("2027-12-30"))
    let last = try #require(CalendarDate("2028-03-01"))
    let days = try await service.days(tenant(), first...last)
    #expect(days.map(\.date) == (0...62).map { first.advanced(byDays: $0) })
    #expect(days.filter { $0.reason == .booked }.map(\.date.description) == ["2028-01-01", "2028-02-02"])
    #expect(days.filter { $0.reason == .blackout }.map(\.date.description) == ["2028-01-28", "2028-02-28"])
    #expect(loads.months == ["2027-12", "2028-01", "2028-02", "2028-03"])
    let again = try await service.days(tenant(), first...first)
    #expect(again.map(\.date) == [first])
    #expect(loads.months.count == 4)
  }

  @Test(
    "A day is past when it is over by the tenant's calendar",
    arguments: [
      ("Pacific/Kiritimati", "2027-07-01T09:59:59.999Z", nil),
      ("Pacific/Kiritimati", "2027-07-01T10:00:00.000Z", .past),
      ("America/Halifax", "2027-07-02T02:59:59.999Z", nil), ("America/Halifax", "2027-07-02T03:00:00.000Z", .past),
      ("UTC", "2027-07-01T23:59:59.999Z", nil), ("UTC", "2027-07-02T00:00:00.000Z", .past),
    ] as [(String, String, DayAvailability.Reason?)])
  func past(timeZone: String, time: String, reason: DayAvailability.Reason?) async throws {
    let clock = ManualClock(at: try #require(Timestamp(time)))
    let service = service(clock) { _ in MonthOccupancy(taken: [:], blackouts: [], holdsUntil: nil) }
    let tenant = tenant(timeZone: timeZone)
    #expect(try await service.day(tenant, Fixtures.date).reason == reason)
    #expect(try await service.days(tenant, Fixtures.date...Fixtures.date).map(\.reason) == [reason])
  }

  @Test("What is cached does not depend on the day: a day that passes is past without a new load")
  func passing() async throws {
    let service = service { _ in MonthOccupancy(taken: [:], blackouts: [], holdsUntil: nil) }
    let today = CalendarDate(dayNumber: 20_833)
    #expect(try await service.day(tenant(), today).available)
    clock.advance(by: .seconds(16 * 3600))
    #expect(try await service.day(tenant(), today).reason == .past)
    #expect(loads.months == ["2027-01"])
  }

  @Test("A month is loaded anew when one of its holds runs out, and not before")
  func holds() async throws {
    let end = Fixtures.time.advanced(by: .seconds(60))
    let service = service { [clock] _ in
      clock.now() < end
        ? MonthOccupancy(taken: [1: 4], blackouts: [], holdsUntil: end)
        : MonthOccupancy(taken: [:], blackouts: [], holdsUntil: nil)
    }
    #expect(try await service.day(tenant(), Fixtures.date).reason == .booked)
    clock.advance(by: .milliseconds(59_999))
    #expect(try await service.day(tenant(), Fixtures.date).reason == .booked)
    #expect(loads.months.count == 1)
    clock.advance(by: .milliseconds(1))
    #expect(try await service.day(tenant(), Fixtures.date).available)
    #expect(loads.months.count == 2)
  }

  @Test("The tags of dates are those of their months, each once")
  func tags() {
    let dates = [0, 1, 40].map(Fixtures.date.advanced(byDays:))
    let tenant = Fixtures.tenantID()
    #expect(AvailabilityService.tags(tenant, dates).count == 2)
    #expect(AvailabilityService.tags(tenant, []).isEmpty)
  }

  /// A service that keeps a month for ever, unless its holds say otherwise.
  private func service(
    _ clock: ManualClock? = nil, occupancy: @escaping @Sendable (CalendarMonth) -> MonthOccupancy
  ) -> AvailabilityService {
    var repository = FailingAvailabilityRepository()
    repository.onOccupancy = { [loads] _, month, _ in
      loads.note(month)
      return occupancy(month)
    }
    let clock = clock ?? self.clock
    let cache = CacheService(store: FailingCacheStore(), environment: CacheEnvironment(ticker: clock))
    return AvailabilityService(repository: repository, cache: cache, policy: .forever, clock: clock)
  }

  private func tenant(timeZone: String = "UTC") -> TenantProfile {
    TenantProfile(
      id: TenantID(UniqueID(high: 1, low: 1)), timeZone: Fixtures.timeZone(timeZone), currency: Fixtures.currency,
      dailyCapacity: 4)
  }
}

/// Which months were loaded, in order.
private final class Loads: Sendable {
  private let noted = Mutex<[String]>([])

  var months: [String] { noted.withLock { $0 } }

  func note(_ month: CalendarMonth) { noted.withLock { $0.append(month.description) } }
}
