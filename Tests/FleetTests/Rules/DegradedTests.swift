import Testing

extension FleetSuite {
  @Suite("When servers are missing")
  struct Degraded {
    private let read = "/api/v1/packages/first-light-vows"
    private let write = "/api/v1/admin/packages/first-light-vows"

    @Test("Without Redis an instance starts, answers, hears of the others' changes, and connects when it is there")
    func redisDownAtStart() async throws {
      let fleet = try await Fleet(redisIsUp: false)
      let clients = Clients(fleet: fleet, history: History(), versions: FleetSuite.versions)
      for number in 0..<6 {
        let instance = fleet.instances[number % 3]
        for other in fleet.instances { await clients.read(Caller(other), on: other, "first-light-vows") }
        await clients.write(Caller(instance), on: instance, "first-light-vows")
        let version = clients.history.writes.last?.version ?? -1
        for other in fleet.instances {
          try await eventually("not seen on \(other.number)", within: .seconds(6)) {
            await clients.read(Caller(other), on: other, "first-light-vows")
            return clients.history.reads.last?.version == version
          }
        }
      }
      #expect(try await Caller(fleet.instances[0]).get("/health").text.contains(#""status":"degraded""#))
      try await fleet.redis.restart()
      for instance in fleet.instances {
        try await eventually("not connected", within: .seconds(12)) {
          try await Caller(instance).get("/health/cache").text.contains(#""connected":true"#)
        }
      }
      let lags = HistoryChecker(bound: .seconds(6)).lags(clients.history)
      FleetSuite.report(
        "Redis missing from the start: others showed the version before for at most \(lags.percentile(1).text)")
      #expect(HistoryChecker(bound: .seconds(6)).anomalies(clients.history).isEmpty)
      #expect(clients.history.refusals.isEmpty, "\(clients.history.refusals.prefix(3))")
    }

    @Test("While Redis comes and goes every answer is right, connects are few, and the log says so once")
    func flapping() async throws {
      let fleet = try await FleetSuite.shared.value
      let clients = Clients(fleet: fleet, history: History(), versions: FleetSuite.versions)
      let before = fleet.instances.map(\.proxy.accepted)
      let logged = fleet.instances.map(\.log.count)
      let began = ContinuousClock.now
      for _ in 0..<FleetSuite.size(10, orElse: 3) {
        fleet.redis.kill()
        try await readAndWrite(clients, for: .seconds(1))
        try await fleet.redis.restart()
        try await readAndWrite(clients, for: .seconds(1))
      }
      let seconds = (ContinuousClock.now - began) / .seconds(1)
      let rates = zip(fleet.instances, before).map { Double($0.proxy.accepted - $1) / seconds }
      let lines = zip(fleet.instances, logged).map { $0.log.count - $1 }
      let anomalies = HistoryChecker(bound: .seconds(6)).anomalies(clients.history)
      FleetSuite.report(
        """
        flapping: \(rates.map { String(format: "%.1f", $0) }) connects a second, \(lines) lines logged in \
        \(Int(seconds)) s, \(clients.history.reads.count) versions read, \(anomalies.count) anomalies
        """)
      #expect(rates.allSatisfy { $0 < 20 })
      #expect(anomalies.isEmpty, "\(anomalies.prefix(5))")
      #expect(clients.history.refusals.isEmpty, "\(clients.history.refusals.prefix(3))")
      for instance in fleet.instances {
        try await eventually("not connected", within: .seconds(12)) {
          try await Caller(instance).get("/health/cache").text.contains(#""connected":true"#)
        }
      }
    }

    private func readAndWrite(_ clients: Clients, for time: Duration) async throws {
      let end = ContinuousClock.now + time
      while ContinuousClock.now < end {
        for instance in clients.fleet.instances {
          await clients.write(Caller(instance), on: instance, "first-light-vows")
          for other in clients.fleet.instances { await clients.read(Caller(other), on: other, "first-light-vows") }
        }
        try await Task.sleep(for: .milliseconds(50))
      }
    }

    @Test(
      "Without PostgreSQL what is cached is served, also past its time; writes are refused for a while; health says so")
    func databaseDown() async throws {
      let fleet = try await Fleet(settings: ["CACHE_CATALOG_TTL": "2s", "DATABASE_HEALTH_INTERVAL": "1s"])
      let callers = fleet.instances.map { Caller($0) }
      for caller in callers { #expect(try await caller.get(read).status == 200) }
      let text = try await callers[0].get(read).text
      try await offPool { fleet.postgres.kill() }
      // Past the time to live.
      try await Task.sleep(for: .seconds(3))
      var slowest = Duration.zero
      for _ in 0..<5 {
        for caller in callers {
          let answer = try await caller.get(read)
          slowest = max(slowest, answer.took)
          #expect(answer.status == 200 && answer.text == text, "\(answer.status) \(answer.text.prefix(200))")
        }
      }
      let refused = try await callers[0].send(.patch, write, #"{"priceCents": 1}"#)
      #expect(refused.status == 503 && refused.headers[.retryAfter] != nil, "\(refused.status) \(refused.text)")
      let unknown = try await callers[0].get("/api/v1/packages/sunday-best")
      #expect(unknown.status == 503 && unknown.headers[.retryAfter] != nil, "\(unknown.status) \(unknown.text)")
      FleetSuite.report(
        """
        PostgreSQL down: values past their time after at most \(slowest.text), a write refused after \(refused.took.text), a \
        read of what is not cached after \(unknown.took.text)
        """)
      try await eventually("/health/database does not tell", within: .seconds(10)) {
        try await callers[0].get("/health/database").status == 503
      }
      #expect(try await callers[0].get("/health/ready").status == 200)
      // Redis goes as well: what is in memory is all there is.
      fleet.redis.kill()
      for caller in callers { #expect(try await caller.get(read).text == text) }
      try await Task.sleep(for: .seconds(6))
      for caller in callers {
        let answer = try await caller.get(read)
        #expect(answer.status == 200 && answer.text == text, "\(answer.status) \(answer.text.prefix(200))")
      }
      #expect(try await callers[0].get("/health").text.contains(#""status":"unhealthy""#))
      try await offPool { try fleet.postgres.restart() }
      try await fleet.redis.restart()
      try await eventually("writes are still refused", within: .seconds(40)) {
        try await callers[0].send(.patch, write, #"{"priceCents": 4711}"#).status == 200
      }
      for caller in callers {
        try await eventually("not seen", within: .seconds(6)) { try await caller.get(read).text.contains("4711") }
      }
    }
  }
}
