import Foundation
import Testing

extension FleetSuite {
  @Suite("In all weathers")
  struct Soak {
    /// What happens every few seconds, and is over before the next.
    enum Fault: String, CaseIterable, Sendable {
      case redisKilled = "Redis killed and started"
      case redisRolledBack = "Redis killed and started from a snapshot"
      case redisFrozen = "Redis stopped"
      case messagesLost = "messages lost"
      case oneCutOff = "one instance cut off from Redis"
      case connectionsReset = "connections to Redis reset"
      case instanceKilled = "an instance killed"
      case backendsKilled = "connections to PostgreSQL closed"
      case slowRedis = "Redis slow"

      func run(_ fleet: Fleet, for time: Duration) async throws {
        let one = fleet.instances[Int.random(in: 0..<fleet.instances.count)]
        switch self {
        case .redisKilled, .redisRolledBack:
          if self == .redisRolledBack { try await fleet.redis.cli("SAVE") }
          try await Task.sleep(for: time / 2)
          fleet.redis.kill()
          try await Task.sleep(for: time / 2)
          try await fleet.redis.restart()
        case .redisFrozen:
          fleet.redis.freeze()
          try await Task.sleep(for: time)
          fleet.redis.thaw()
        case .messagesLost:
          for instance in fleet.instances {
            instance.proxy.faults.dropsMessage = { _ in UInt8.random(in: 0..<4) == 0 }
          }
          try await Task.sleep(for: time)
          for instance in fleet.instances { instance.proxy.faults.dropsMessage = nil }
        case .oneCutOff:
          one.proxy.faults.dropsFromClient = true
          try await Task.sleep(for: time)
          one.proxy.faults.dropsFromClient = false
          one.proxy.resetAll()
        case .connectionsReset:
          for _ in 0..<5 {
            for instance in fleet.instances { instance.proxy.resetAll() }
            try await Task.sleep(for: time / 5)
          }
        case .instanceKilled:
          try await one.kill()
          try await Task.sleep(for: time / 2)
          try await one.restart()
        case .backendsKilled:
          for _ in 0..<5 {
            try await fleet.psql(
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tenantry' AND random() < 0.5")
            try await Task.sleep(for: time / 5)
          }
        case .slowRedis:
          for instance in fleet.instances { instance.proxy.faults.delay = .milliseconds(300) }
          try await Task.sleep(for: time)
          for instance in fleet.instances { instance.proxy.faults.delay = .zero }
        }
      }
    }

    @Test("Writers and readers on all instances, a fault every few seconds: the history has no anomaly")
    func soak() async throws {
      let fleet = try await Fleet()
      let clients = Clients(fleet: fleet, history: History(), versions: FleetSuite.versions)
      let (readers, writers) = (FleetSuite.size(100, orElse: 12), FleetSuite.size(20, orElse: 4))
      let time = Duration.seconds(
        ProcessInfo.processInfo.environment["FLEET_SECONDS"].flatMap(Int.init) ?? FleetSuite.size(300, orElse: 12))
      let packages = Self.packages.prefix(writers)
      let isOver = Flag()
      var faults: [Fault: Int] = [:]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<readers {
          let instance = fleet.instances[number % fleet.instances.count]
          group.addTask {
            let caller = Caller(instance)
            while !isOver.isSet {
              let package = Int.random(in: 0..<10) == 0 ? nil : packages.randomElement()
              await clients.read(caller, on: instance, package, mayFail: true)
              try? await Task.sleep(for: .milliseconds(.random(in: 5...60)))
            }
            await caller.close()
          }
        }
        for (number, package) in packages.enumerated() {
          group.addTask {
            let callers = fleet.instances.map { Caller($0) }
            while !isOver.isSet {
              let index = (number + Int.random(in: 0..<2)) % fleet.instances.count
              let instance = fleet.instances[index]
              if await clients.write(callers[index], on: instance, package, mayFail: true) != nil {
                await clients.read(callers[index], on: instance, package, mayFail: true)
              }
              try? await Task.sleep(for: .milliseconds(.random(in: 100...600)))
            }
            for caller in callers { await caller.close() }
          }
        }
        defer { isOver.set() }
        let end = ContinuousClock.now + time
        var number = 0
        while ContinuousClock.now < end {
          try await Task.sleep(for: .seconds(.random(in: 1...2)))
          let fault = Fault.allCases[number % Fault.allCases.count]
          number += 1
          faults[fault, default: 0] += 1
          try await fault.run(fleet, for: .milliseconds(.random(in: 500...3500)))
        }
        // Every instance is to have come to rest.
        try await Task.sleep(for: .seconds(7))
        isOver.set()
      }
      let checker = HistoryChecker(bound: .seconds(6))
      let anomalies = checker.anomalies(clients.history)
      let reads = clients.history.reads.count
      let lags = checker.lags(clients.history)
      FleetSuite.report(
        """
        soak of \(time.text): \(faults.values.reduce(0, +)) faults, \(clients.history.writes.count) writes, \
        \(reads) versions read, \(anomalies.count) anomalies (\(String(format: "%.1f", Double(anomalies.count) * 1e6 / Double(max(1, reads)))) \
        per million); \(counts(anomalies)); others showed the version before for p50 \(lags.percentile(0.5).text), p99 \
        \(lags.percentile(0.99).text), at most \(lags.percentile(1).text); slowest answer \(clients.history.slowest.text)
        """)
      for anomaly in anomalies.prefix(20) { FleetSuite.report("\(anomaly)") }
      #expect(anomalies.isEmpty)
      #expect(reads > readers * 10)
    }

    private func counts(_ anomalies: [HistoryChecker.Anomaly]) -> String {
      HistoryChecker.Promise.allCases
        .map { promise in "\(promise.rawValue) \(anomalies.filter { $0.promise == promise }.count)" }
        .joined(separator: ", ")
    }

    private static let packages = [
      "first-light-vows", "low-tide-sunrise", "sea-stack-ceremony", "watertower-garden", "golden-hour-bluff",
      "courthouse-to-coast", "thirty-minute-tide", "fern-canyon-morning", "first-birdsong", "cathedral-grove",
      "river-bend-vows", "lantern-evening", "trailhead-vows", "rain-or-shine", "apple-blossom-day", "harvest-table",
      "vineyard-at-dusk", "backyard-brave", "sunday-best", "just-us-and-a-witness",
    ]
  }
}
