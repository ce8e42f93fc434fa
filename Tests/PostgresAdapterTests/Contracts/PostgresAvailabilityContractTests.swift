import PortContracts
import PostgresAdapter
import Testing

@Suite("Availability in PostgreSQL")
struct PostgresAvailabilityContractTests {
  @Test("The availability repository keeps the rules of its port", arguments: AvailabilityContract.occupancyRules)
  func occupancyObeys(_ rule: ContractRule<AvailabilityContract>) async throws {
    try await rule.check(try await subject())
  }

  @Test("The blackout repository keeps the rules of its port", arguments: AvailabilityContract.blackoutRules)
  func blackoutsObey(_ rule: ContractRule<AvailabilityContract>) async throws {
    try await rule.check(try await subject())
  }

  private func subject() async throws -> AvailabilityContract {
    let database = try await TestDatabase.shared.value
    return AvailabilityContract(
      availability: PostgresAvailabilityRepository(database: database.tenants), blackouts: database.blackouts,
      bookings: database.bookings, tenants: try await TenantPair.insert(into: database.directory))
  }
}
