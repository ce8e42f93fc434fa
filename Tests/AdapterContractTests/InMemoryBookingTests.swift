import BookingsDomain
import InMemoryAdapter
import Kernel
import PortContracts
import Testing

@Suite("In-memory bookings")
struct InMemoryBookingTests {
  private let database = InMemoryDatabase()

  @Test("The repository keeps the rules of its port", arguments: BookingContract.rules)
  func obeys(_ rule: ContractRule<BookingContract>) async throws {
    try await rule.check(
      BookingContract(
        repository: InMemoryBookingRepository(database: database),
        blackouts: InMemoryBlackoutRepository(database: database),
        tenants: try await TenantPair.insert(into: InMemoryTenantRepository(database: database))))
  }

  @Test("The sweep keeps the rules of its port", arguments: SweepContract.rules)
  func obeys(_ rule: ContractRule<SweepContract>) async throws {
    let tenants = try await TenantPair.insert(
      into: InMemoryTenantRepository(database: database), timeZone: SweepContract.timeZone,
      otherTimeZone: SweepContract.otherTimeZone)
    try await rule.check(
      SweepContract(repository: InMemoryBookingRepository(database: database), tenants: tenants))
  }

  @Test("A tenant that was never inserted books like any other; its holds are swept, its days are not over")
  func unknownTenant() async throws {
    let repository = InMemoryBookingRepository(database: database)
    let tenant = Fixtures.tenantID()
    #expect(try await repository.customers(tenant, PageRequest()).isEmpty)
    let hold = Fixtures.booking()
    try await repository.book(tenant, hold)
    let firm = try await repository.bookFirmly(tenant, Fixtures.booking(on: Fixtures.date.advanced(byDays: 1)))
    let released = try await repository.sweep(at: Fixtures.time.advanced(by: .seconds(86_400 * 365)))
    #expect(released == [ReleasedDate(tenant: tenant, date: hold.date)])
    #expect(try await repository.find(tenant, firm.id) == firm)
  }
}
