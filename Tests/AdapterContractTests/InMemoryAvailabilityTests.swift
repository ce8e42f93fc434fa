import InMemoryAdapter
import PortContracts
import Testing

@Suite("In-memory availability")
struct InMemoryAvailabilityTests {
  @Test("The availability repository keeps the rules of its port", arguments: AvailabilityContract.occupancyRules)
  func occupancyObeys(_ rule: ContractRule<AvailabilityContract>) async throws {
    try await rule.check(try await subject())
  }

  @Test("The blackout repository keeps the rules of its port", arguments: AvailabilityContract.blackoutRules)
  func blackoutsObey(_ rule: ContractRule<AvailabilityContract>) async throws {
    try await rule.check(try await subject())
  }

  private func subject() async throws -> AvailabilityContract {
    let database = InMemoryDatabase()
    return AvailabilityContract(
      availability: InMemoryAvailabilityRepository(database: database),
      blackouts: InMemoryBlackoutRepository(database: database),
      bookings: InMemoryBookingRepository(database: database),
      tenants: try await TenantPair.insert(into: InMemoryTenantRepository(database: database)))
  }
}
