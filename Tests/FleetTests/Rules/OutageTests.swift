import NIOCore
import TestServers
import Testing

extension FleetSuite {
  @Suite("While Redis is away")
  struct Outages {
    /// What happens to Redis.
    enum Fault: String, CaseIterable, Sendable, CustomTestStringConvertible {
      case killed = "killed, and started empty"
      case rolledBack = "killed, and started from a snapshot of before the writes"
      case frozen = "stopped, its sockets open"
      case muted = "answering, but for the messages to subscribers"
      case halfMuted = "answering, but for messages that are no beats"

      var testDescription: String { rawValue }
      /// Whether commands are not answered.
      var isOutage: Bool { self != .muted && self != .halfMuted }

      func begin(_ fleet: Fleet) async throws {
        switch self {
        case .killed: fleet.redis.kill()
        case .rolledBack:
          try await fleet.redis.cli("SAVE")
          fleet.redis.kill()
        case .frozen: fleet.redis.freeze()
        case .muted: for instance in fleet.instances { instance.proxy.faults.dropsMessage = { _ in true } }
        // The kind of a message stands after its version, publisher and number; see BackplaneMessage.
        case .halfMuted:
          for instance in fleet.instances {
            instance.proxy.faults.dropsMessage = { $0.getInteger(at: $0.readerIndex + 17, as: UInt8.self) != 0 }
          }
        }
      }

      func end(_ fleet: Fleet) async throws {
        switch self {
        case .killed:
          // Without the file of an earlier snapshot.
          try await fleet.redis.restart()
          try await fleet.redis.cli("FLUSHALL")
        case .rolledBack: try await fleet.redis.restart()
        case .frozen: fleet.redis.thaw()
        case .muted, .halfMuted: for instance in fleet.instances { instance.proxy.faults.dropsMessage = nil }
        }
      }
    }

    @Test(
      "Every answer is right, a write is soon seen everywhere, and nothing old comes back", arguments: Fault.allCases)
    func outage(_ fault: Fault) async throws {
      let fleet = try await FleetSuite.shared.value
      let clients = Clients(fleet: fleet, history: History(), versions: FleetSuite.versions)
      let packages = ["sea-stack-ceremony", "watertower-garden", "golden-hour-bluff"]
      for instance in fleet.instances { await clients.read(Caller(instance), on: instance, nil) }
      let isOver = Flag()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<9 {
          let instance = fleet.instances[number % fleet.instances.count]
          group.addTask {
            let caller = Caller(instance)
            while !isOver.isSet {
              await clients.read(caller, on: instance, number < 6 ? packages[number / 3] : nil)
              try? await Task.sleep(for: .milliseconds(5))
            }
            await caller.close()
          }
        }
        defer { isOver.set() }
        let writers = fleet.instances.map { Caller($0) }
        for (index, writer) in writers.enumerated() {
          await clients.write(writer, on: fleet.instances[index], packages[0])
        }
        try await fault.begin(fleet)
        try await write(clients, writers, packages, for: .seconds(FleetSuite.size(12, orElse: 4)))
        try await fault.end(fleet)
        let end = ContinuousClock.now
        for instance in fleet.instances {
          let caller = Caller(instance)
          try await eventually("instance \(instance.number) is not connected again", within: .seconds(12)) {
            try await caller.get("/health/cache").text.contains(#""connected":true"#)
          }
        }
        FleetSuite.report("Redis \(fault.rawValue): connected \((ContinuousClock.now - end).text) after its return")
        try await write(clients, writers, packages, for: .seconds(FleetSuite.size(8, orElse: 2)))
        isOver.set()
      }
      let checker = HistoryChecker(bound: .seconds(6))
      let anomalies = checker.anomalies(clients.history)
      let lags = checker.lags(clients.history)
      FleetSuite.report(
        """
        Redis \(fault.rawValue): \(clients.history.writes.count) writes, \(clients.history.reads.count) versions read, \
        \(anomalies.count) anomalies, \(clients.history.refusals.count) refusals; others showed the version before for p99 \
        \(lags.percentile(0.99).text), at most \(lags.percentile(1).text); slowest answer \(clients.history.slowest.text)
        """)
      #expect(anomalies.isEmpty, "\(anomalies.prefix(5))")
      #expect(clients.history.refusals.isEmpty, "\(clients.history.refusals.prefix(3))")
    }

    /// Writes on one instance after the other for a while, now and then.
    private func write(_ clients: Clients, _ writers: [Caller], _ packages: [String], for time: Duration) async throws {
      let end = ContinuousClock.now + time
      var number = 0
      while ContinuousClock.now < end {
        let index = number % writers.count
        await clients.write(writers[index], on: clients.fleet.instances[index], packages[number / 2 % packages.count])
        number += 1
        try await Task.sleep(for: .milliseconds(150))
      }
    }
  }
}
