import AvailabilityDomain
import Caching
import Hummingbird
import Kernel

/// Which days can be booked.
struct AvailabilityRoutes {
  let availability: AvailabilityService

  func add(to routes: Routes) {
    routes.add(.getDay) { call in
      guard let date = CalendarDate(try call.path("date")) else {
        throw DomainError.malformed("date", "must be a date as YYYY-MM-DD")
      }
      let day = try await availability.day(try call.tenant.profile, date)
      return EntityAnswer.reply(try CacheCodec.encode(day), call.headers, .revalidate).response
    }
    routes.add(.listDays) { call in
      let days = try await availability.days(try call.tenant.profile, try Self.range(call.query))
      return EntityAnswer.reply(try CacheCodec.encode(DayList(days)), call.headers, .revalidate).response
    }
  }

  private static func range(_ query: QueryItems) throws -> ClosedRange<CalendarDate> {
    guard let from = try query.date("from") else { throw DomainError.malformed("from", "is required") }
    guard let to = try query.date("to") else { throw DomainError.malformed("to", "is required") }
    guard from <= to else { throw DomainError.malformed("to", "must not be before from") }
    guard to.dayNumber - from.dayNumber < AvailabilityService.maximumDays else {
      throw DomainError.malformed("to", "must be within \(AvailabilityService.maximumDays) days from from")
    }
    return from...to
  }
}
