import ArgumentParser
import Bootstrap
import Foundation
import Logging

/// `tenantry health`
struct Health: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Looks at database, schema, Redis and cache; exits 1 when a server could not work.")

  @Flag(help: "Print JSON.") var json = false
  @Option(help: "Also write the JSON to this file.") var export: String?

  func run() async throws {
    let command = HealthCommand(settings: try await CommandSettings.real(), logger: Logger(label: "tenantry"))
    let report = try await command.run()
    Output.print(report, json, ([report.status] + report.lines).joined(separator: "\n"))
    if let export {
      do { try Output.document(report).write(to: URL(filePath: export), options: .atomic) } catch {
        throw Failure(description: "cannot write \(export): name a file in a folder that exists")
      }
    }
    if report.status == "unhealthy" {
      throw Failure(
        description: "unhealthy: " + report.lines.filter { !$0.contains(": healthy") }.joined(separator: "; "))
    }
  }

  private struct Failure: Error, CustomStringConvertible {
    let description: String
  }
}
