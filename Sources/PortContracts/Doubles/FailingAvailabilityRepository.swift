package import AvailabilityDomain
package import Kernel

/// An occupancy that fails every call unless a test gives an answer.
package struct FailingAvailabilityRepository: AvailabilityRepositoryPort {
  /// Answers `occupancy`.
  package var onOccupancy: @Sendable (TenantID, CalendarMonth, Timestamp) async throws -> MonthOccupancy = { _, _, _ in
    throw UnexpectedCall("occupancy")
  }

  /// A repository that fails every call.
  package init() {}

  package func occupancy(
    _ tenant: TenantID, _ month: CalendarMonth, at time: Timestamp
  ) async throws -> MonthOccupancy {
    try await onOccupancy(tenant, month, time)
  }
}
