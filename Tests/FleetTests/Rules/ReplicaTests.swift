import Testing

extension FleetSuite {
  @Suite("With a replica")
  struct Replicas {
    @Test("Loads read from it, but not before it has replayed what they must see")
    func pausedReplica() async throws {
      let fleet = try await Fleet(replicas: 1)
      let clients = Clients(fleet: fleet, history: History(), versions: FleetSuite.versions)
      let packages = ["first-light-vows", "low-tide-sunrise", "sea-stack-ceremony"]
      func round(_ number: Int) async {
        let instance = fleet.instances[number % fleet.instances.count]
        let caller = Caller(instance)
        await clients.write(caller, on: instance, packages[number % packages.count])
        for instance in fleet.instances {
          await clients.read(Caller(instance), on: instance, packages[number % packages.count])
          await clients.read(Caller(instance), on: instance, nil)
        }
      }
      // Once the health checks have seen the replica, and the cache has forgotten what it knows, it serves loads.
      try await eventually("the replica serves no loads", within: .seconds(30)) {
        await round(0)
        try await Task.sleep(for: .seconds(1))
        try await fleet.redis.cli("FLUSHALL")
        for instance in fleet.instances {
          await clients.read(Caller(instance), on: instance, packages[0])
          await clients.read(Caller(instance), on: instance, nil)
        }
        return try await replicaReads(fleet) > 0
      }
      let before = try await replicaReads(fleet)
      try await offPool { _ = try fleet.replicas[0].psql("SELECT pg_wal_replay_pause()") }
      for number in 0..<FleetSuite.size(60, orElse: 15) { await round(number) }
      let during = try await replicaReads(fleet) - before
      try await offPool { _ = try fleet.replicas[0].psql("SELECT pg_wal_replay_resume()") }
      for number in 0..<FleetSuite.size(60, orElse: 15) { await round(number) }
      let anomalies = HistoryChecker(bound: .seconds(1)).anomalies(clients.history)
      FleetSuite.report(
        """
        replica: served \(before) loads before, \(during) while it was paused, \
        \(try await replicaReads(fleet) - before - during) after; \(clients.history.writes.count) writes, \
        \(clients.history.reads.count) versions read, \(anomalies.count) anomalies
        """)
      #expect(anomalies.isEmpty, "\(anomalies.prefix(5))")
      #expect(clients.history.refusals.isEmpty, "\(clients.history.refusals.prefix(3))")
    }

    /// How many loads of packages the replica has served.
    private func replicaReads(_ fleet: Fleet) async throws -> Int {
      let sql = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query LIKE '%FROM packages%'"
      return Int(try await offPool { try fleet.replicas[0].psql(sql, database: "tenantry") }) ?? -1
    }

    @Test("After a promotion nothing is served that the old primary alone knew")
    func promotion() async throws {
      let fleet = try await Fleet(replicas: 1)
      let clients = Clients(fleet: fleet, history: History(), versions: FleetSuite.versions)
      let package = "harvest-table"
      let instance = fleet.instances[0]
      let known = await clients.write(Caller(instance), on: instance, package)
      try await eventually("the replica does not follow") {
        try await offPool {
          try fleet.replicas[0].psql("SELECT price_cents FROM packages WHERE slug = '\(package)'", database: "tenantry")
        } == "\(known ?? -1)"
      }
      // The replica gets no more than it has: what is written now is lost.
      try await offPool {
        _ = try fleet.replicas[0].psql("ALTER SYSTEM SET primary_conninfo TO ''", "SELECT pg_reload_conf()")
      }
      try await eventually("the replica still follows") {
        try await fleet.psql("SELECT count(*) FROM pg_stat_replication") == "0"
      }
      let lost = await clients.write(Caller(instance), on: instance, package)
      for instance in fleet.instances {
        #expect(try await Caller(instance).get("/api/v1/packages/\(package)").text.contains("\(lost ?? -1)"))
      }
      try await offPool {
        fleet.postgres.kill()
        try fleet.replicas[0].promote()
      }
      for instance in fleet.instances {
        try await eventually("instance \(instance.number) shows what was lost", within: .seconds(30)) {
          try await Caller(instance).get("/api/v1/packages/\(package)").text.contains(#""priceCents":\#(known ?? -1)"#)
        }
      }
    }
  }
}
