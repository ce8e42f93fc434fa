import PortContracts
import PostgresAdapter
import Testing

@Suite("Bookings in PostgreSQL")
struct PostgresBookingContractTests {
  @Test("The repository keeps the rules of its port", arguments: BookingContract.rules)
  func obeys(_ rule: ContractRule<BookingContract>) async throws {
    let database = try await TestDatabase.shared.value
    try await rule.check(
      BookingContract(
        repository: database.bookings, blackouts: database.blackouts,
        tenants: try await TenantPair.insert(into: database.directory)))
  }

  @Test("The sweep keeps the rules of its port", .serialized, arguments: SweepContract.rules)
  func obeys(_ rule: ContractRule<SweepContract>) async throws {
    let database = try await TestDatabase.shared.value
    let tenants = try await TenantPair.insert(
      into: database.directory, timeZone: SweepContract.timeZone, otherTimeZone: SweepContract.otherTimeZone)
    try await rule.check(SweepContract(repository: database.bookings, tenants: tenants))
  }
}
