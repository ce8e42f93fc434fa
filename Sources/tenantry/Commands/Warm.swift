import ArgumentParser
import Bootstrap
import Foundation
import Logging

/// `tenantry warm`
struct Warm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fills the shared cache for every active tenant.",
    discussion:
      "Loads what storefronts ask for first: packages, segments, add-ons, venues, three months of availability.")

  @Option(help: "The slug of one tenant; without it all are warmed.") var tenant: String?
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let command = WarmCommand(settings: try await CommandSettings.real(), logger: Logger(label: "tenantry"))
    let start = ContinuousClock.now
    let (warmed, failed) = try await command.run(tenant: tenant) { done, all in
      ProgressBar("warming", total: all).update(done)
    }
    let seconds = (ContinuousClock.now - start) / .milliseconds(1) / 1000
    Output.print(
      Report(warmed: warmed, failed: failed, seconds: seconds), json,
      "warmed \(warmed) tenants in \(String(format: "%.1f", seconds)) s" + (failed > 0 ? ", \(failed) failed" : ""))
    if failed > 0 { throw ExitCode.failure }
  }

  private struct Report: Encodable {
    let warmed: Int
    let failed: Int
    let seconds: Double
  }
}
