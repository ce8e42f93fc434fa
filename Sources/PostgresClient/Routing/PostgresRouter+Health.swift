import Logging
import Synchronization

/// The round of health checks that is under way, which all who need one share.
final class ProbeRounds: Sendable {
  private let current = Mutex<Task<Void, Never>?>(nil)

  /// The round under way, or a new one.
  func join(_ round: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    current.withLock { current in
      if let current { return current }
      let task = Task {
        await round()
        self.current.withLock { $0 = nil }
      }
      current = task
      return task
    }
  }
}

extension PostgresRouter {
  /// Watches the servers until the task is cancelled.
  public func run() async {
    while !Task.isCancelled {
      await checkHealth()
      // A replica that is behind is looked at again before it counts as late.
      let isBehind = machine.withLock { $0.isAnyBehind }
      let pause = isBehind ? min(settings.healthInterval, settings.lagThreshold / 2) : settings.healthInterval
      do { try await Task.sleep(for: pause) } catch { return }
    }
  }

  /// Asks every server how it is, and returns when all have answered or been given up.
  public func checkHealth() async { await round().value }

  /// Begins a round, unless one is under way.
  func startRound() { _ = round() }

  private func round() -> Task<Void, Never> {
    rounds.join { [weak self] in
      guard let self else { return }
      let reports = await self.reports()
      let (deposed, writer) = self.machine.withLock { ($0.checked(reports, now: .now), $0.writer) }
      if let deposed {
        self.servers[deposed].disconnectWrites()
        self.logger.notice(
          "PostgreSQL writes move",
          metadata: [
            "from": "\(self.servers[deposed].address.url)",
            "to": "\(writer.map { "\(self.servers[$0].address.url)" } ?? "none")",
          ])
      }
    }
  }

  private func reports() async -> [ServerReport?] {
    await withTaskGroup(of: (Int, ServerReport?).self) { group in
      for (index, server) in servers.enumerated() {
        group.addTask { (index, await self.report(of: server)) }
      }
      var reports = [ServerReport?](repeating: nil, count: servers.count)
      for await (index, report) in group { reports[index] = report }
      return reports
    }
  }

  private func report(of server: RoutedServer) async -> ServerReport? {
    do {
      let start = Instant.now
      let function = SQLIdentifier.quoted(settings.cpuFunction) + "()"
      let rows = try await server.probe.query(
        PostgresQuery(ServerReport.statement, [.text(function)]), deadline: settings.healthDeadline)
      var report = try ServerReport(rows)
      report.latency = Instant.now - start
      if report.reportsCPU {
        let query = PostgresQuery(PostgresStatement("SELECT \(function)::float8", name: "cpu"))
        report.cpuPercent = try await server.probe.query(query, deadline: settings.healthDeadline).first?.decode(0)
      }
      return report
    } catch {
      logger.warning(
        "PostgreSQL health check failed", metadata: ["server": "\(server.address.url)", "error": "\(error)"])
      return nil
    }
  }
}
