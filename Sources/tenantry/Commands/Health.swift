import ArgumentParser
import Bootstrap

/// `tenantry health`
struct Health: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Looks at database, schema, Redis and cache; exits 1 when a server could not work.")

  @Flag(help: "Print JSON.") var json = false
  @Option(help: "Also write the JSON to this file.") var export: String?

  func run() async throws {
    let report = try await CommandSettings.onDatabase(waits: false) {
      try await HealthCommand(settings: $0, logger: $1).run()
    }
    try Output.print(report, json, ([report.status] + report.lines).joined(separator: "\n"))
    if let export {
      let document = try Output.document(report)
      try await WholeFile.write(export) { try $0.append(document) }
    }
    if report.status == "unhealthy" {
      throw CommandFailure(
        "unhealthy: " + report.lines.filter { !$0.contains(": healthy") }.joined(separator: "; "))
    }
  }
}
