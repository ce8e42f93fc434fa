import ArgumentParser
import Bootstrap
import Foundation

/// `tenantry warm`
struct Warm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fills the shared cache for every active tenant.",
    discussion:
      "Loads what storefronts ask for first: packages, segments, add-ons, venues, three months of availability.")

  @Option(help: "The slug of one tenant; without it all are warmed.") var tenant: String?
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let start = ContinuousClock.now
    let (warmed, failed) = try await CommandSettings.onDatabase { settings, logger in
      try await WarmCommand(settings: settings, logger: logger).run(tenant: tenant) { done, all in
        ProgressBar("warming", total: all).update(done)
      }
    }
    let seconds = (ContinuousClock.now - start) / .milliseconds(1) / 1000
    try Output.print(
      Report(warmed: warmed, failed: failed, seconds: seconds), json,
      "warmed \(warmed) tenants in \(String(format: "%.1f", seconds)) s" + (failed > 0 ? ", \(failed) failed" : ""))
    if failed > 0 {
      throw CommandFailure("\(failed) tenants are not warmed: run it again; LOG_LEVEL=warning tells what was wrong")
    }
  }

  private struct Report: Encodable {
    let warmed: Int
    let failed: Int
    let seconds: Double
  }
}
