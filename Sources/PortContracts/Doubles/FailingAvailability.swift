import BookingsDomain
package import Caching
package import Kernel

/// An availability that fails every call: for what must not touch a date.
package struct FailingAvailability: AvailabilityPort {
  /// An availability that fails every call.
  package init() {}

  package func changing<Result: Sendable>(
    _ tenant: TenantID, _ dates: [CalendarDate], _ body: @Sendable () async throws -> CacheChange<Result>
  ) async throws -> Result {
    throw UnexpectedCall("changing")
  }

  /// Ends the process, since it cannot throw.
  package func changed(_ tenant: TenantID, _ dates: [CalendarDate]) async {
    preconditionFailure("\(UnexpectedCall("changed"))")
  }
}
