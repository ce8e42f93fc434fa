import TestServers
import Testing

extension FleetSuite {
  @Suite("When an instance dies")
  struct Crashes {
    @Test(
      "A change whose instance is killed between its commit and the telling is seen on the others within two seconds")
    func killedBetweenCommitAndBump() async throws {
      let fleet = try await FleetSuite.shared.value
      let clients = Clients(fleet: fleet, history: History(), versions: FleetSuite.versions)
      let package = "fern-canyon-morning"
      let others = fleet.instances.dropFirst()
      var worst = Duration.zero
      for _ in 0..<FleetSuite.size(10, orElse: 2) {
        let victim = fleet.instances[0]
        for instance in fleet.instances { await clients.read(Caller(instance), on: instance, package) }
        // What it says to Redis from now on is not heard, so it waits to be able to tell of its commit.
        victim.proxy.faults.dropsFromClient = true
        let version = clients.versions.next()
        let writing = Task {
          try await Caller(victim).send(.patch, "/api/v1/admin/packages/\(package)", #"{"priceCents": \#(version)}"#)
        }
        try await eventually("the change was not committed", within: .seconds(10)) {
          try await fleet.psql("SELECT price_cents FROM packages WHERE slug = '\(package)'") == "\(version)"
        }
        let committed = ContinuousClock.now
        try await victim.kill()
        await #expect(throws: (any Error).self, "it was killed before it could answer") { try await writing.value }
        for instance in others {
          let caller = Caller(instance)
          try await eventually("not seen on instance \(instance.number)", within: .seconds(2)) {
            try await caller.get("/api/v1/packages/\(package)").text.contains(#""priceCents":\#(version)"#)
          }
          worst = max(worst, ContinuousClock.now - committed)
        }
        victim.proxy.faults.dropsFromClient = false
        try await victim.restart()
      }
      FleetSuite.report("killed between commit and bump: seen elsewhere after \(worst.text) at most")
    }
  }
}
