import Caching
import InMemoryAdapter
import PortContracts
import Testing

@Suite("Roster in memory")
struct InstanceRosterContractTests {
  @Test("It keeps the rules of its port", arguments: InstanceRosterContract.rules)
  func obeys(_ rule: ContractRule<any InstanceRosterPort>) async throws {
    try await rule.check(InMemoryInstanceRoster())
  }
}
