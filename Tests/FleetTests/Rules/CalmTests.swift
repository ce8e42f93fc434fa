import Testing

extension FleetSuite {
  @Suite("In calm weather")
  struct Calm {
    @Test("Concurrent cold readers of all instances cause as many statements as one reader does")
    func coldReaders() async throws {
      let fleet = try await FleetSuite.shared.value
      let clients = Clients(fleet: fleet, history: History(), versions: FleetSuite.versions)
      let writer = Caller(fleet.instances[0])
      func statements(readers count: Int) async throws -> Int {
        // Cold everywhere: the write made every answer with packages stale.
        #expect(await clients.write(writer, on: fleet.instances[0], "first-light-vows") != nil)
        try await fleet.forgetStatements()
        await withTaskGroup(of: Void.self) { group in
          for number in 0..<count {
            let instance = fleet.instances[number % fleet.instances.count]
            group.addTask { await clients.read(Caller(instance), on: instance, nil) }
          }
        }
        return try await fleet.statements()
      }
      // The keys of the tenant are in the cache after this one.
      _ = try await statements(readers: 9)
      let one = try await statements(readers: 1)
      // On a machine that does other things Redis can take longer than readers wait for it, and then more than one loads.
      var many = try await statements(readers: 300)
      for _ in 0..<3 where many != one { many = try await statements(readers: 300) }
      FleetSuite.report("cold readers: 1 caused \(one) statements, 300 caused \(many)")
      #expect(one == 1 && many == one)
      #expect(clients.history.refusals.isEmpty, "\(clients.history.refusals.prefix(3))")
      #expect(HistoryChecker(bound: .seconds(6)).anomalies(clients.history).isEmpty)
    }

    @Test("A write is in the next read on its instance, and soon on the others; no reader goes back")
    func writesAreSeen() async throws {
      let fleet = try await FleetSuite.shared.value
      let clients = Clients(fleet: fleet, history: History(), versions: FleetSuite.versions)
      let package = "low-tide-sunrise"
      let isOver = Flag()
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<9 {
          let instance = fleet.instances[number % fleet.instances.count]
          group.addTask {
            let caller = Caller(instance)
            while !isOver.isSet {
              await clients.read(caller, on: instance, number < 6 ? package : nil)
              // Readers that never pause would leave the instances no processor.
              try? await Task.sleep(for: .milliseconds(2))
            }
          }
        }
        group.addTask {
          for number in 0..<FleetSuite.size(450, orElse: 90) {
            let instance = fleet.instances[number % fleet.instances.count]
            let caller = Caller(instance)
            await clients.write(caller, on: instance, package)
            await clients.read(caller, on: instance, package)
            await caller.close()
          }
          isOver.set()
        }
      }
      let checker = HistoryChecker(bound: .seconds(1))
      let anomalies = checker.anomalies(clients.history)
      let lags = checker.lags(clients.history)
      FleetSuite.report(
        """
        \(clients.history.writes.count) writes, \(clients.history.reads.count) versions read, \(anomalies.count) anomalies; \
        others showed the version before for p50 \(lags.percentile(0.5).text), p99 \(lags.percentile(0.99).text), \
        at most \(lags.percentile(1).text); slowest answer \(clients.history.slowest.text)
        """)
      #expect(anomalies.isEmpty, "\(anomalies.prefix(5))")
      #expect(clients.history.refusals.isEmpty, "\(clients.history.refusals.prefix(3))")
      #expect(clients.history.writes.count == FleetSuite.size(450, orElse: 90))
    }

    @Test("A value that expires under steady reads is loaded once for all instances")
    func expiry() async throws {
      let fleet = try await Fleet(settings: ["CACHE_CATALOG_TTL": "1s", "CACHE_TTL_JITTER": "0"])
      let clients = Clients(fleet: fleet, history: History(), versions: FleetSuite.versions)
      func readers(for time: Duration) async {
        let end = ContinuousClock.now + time
        await withTaskGroup(of: Void.self) { group in
          for number in 0..<9 {
            let instance = fleet.instances[number % fleet.instances.count]
            group.addTask {
              let caller = Caller(instance)
              while ContinuousClock.now < end {
                await clients.read(caller, on: instance, "rain-or-shine")
                try? await Task.sleep(for: .milliseconds(5))
              }
              await caller.close()
            }
          }
        }
      }
      await readers(for: .milliseconds(500))
      try await fleet.forgetStatements()
      let seconds = FleetSuite.size(30, orElse: 5)
      await readers(for: .seconds(seconds))
      let loads = try await fleet.statements()
      FleetSuite.report(
        "expiry: \(loads) loads in \(seconds) s of a value that lives 1 s, \(clients.history.reads.count) reads")
      // It is loaded anew when a tenth of its time is left.
      #expect(loads >= seconds / 2 && loads <= seconds * 10 / 9 + 1)
      #expect(clients.history.refusals.isEmpty, "\(clients.history.refusals.prefix(3))")
    }

    @Test("A booking made on one instance takes the date on the others")
    func bookings() async throws {
      let fleet = try await FleetSuite.shared.value
      let date = "2031-0\(Int.random(in: 1...9))-\(Int.random(in: 10...28))"
      let path = "/api/v1/availability/\(date)"
      for instance in fleet.instances {
        #expect(try await Caller(instance).get(path).text.contains(#""available":true"#))
      }
      let body = """
        {"packageSlug": "first-light-vows", "date": "\(date)", "customer": {"name": "Ada", "email": "ada@example.com"}}
        """
      let answer = try await Caller(fleet.instances[0]).book(body)
      #expect(answer.status == 201, "\(answer.text)")
      for instance in fleet.instances {
        try await eventually(within: .seconds(2)) {
          try await Caller(instance).get(path).text.contains(#""available":false"#)
        }
      }
      // What the writer has told itself is not left for the relay.
      try await eventually("word is left in the outbox", within: .seconds(5)) {
        try await fleet.psql("SELECT count(*) FROM outbox") == "0"
      }
    }
  }
}
