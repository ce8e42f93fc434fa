import ArgumentParser
import Bootstrap
import Foundation
import Logging

/// `tenantry seed`
struct SeedData: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seed", abstract: "Loads seed data; what is there already is left alone.")

  @Flag(help: "Load the demo tenants (Seeds/demo); the default.") var demo = false
  @Option(help: "Load every .json file of this folder instead.") var dir: String?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if demo, dir != nil { throw ValidationError("Give --demo or --dir, not both.") }
  }

  func run() async throws {
    let settings = try await CommandSettings.real()
    let folder = try dir.map { URL(filePath: $0) } ?? Seed.demoFolder()
    let command = SeedCommand(settings: settings, logger: Logger(label: "tenantry"))
    var known: [String] = []
    let loaded = try await command.load(folder) { slug, isNew in if !isNew { known.append(slug) } }
    let text = loaded.map { "loaded \($0)" } + known.map { "\($0) is there already" }
    Output.print(["loaded": loaded, "present": known], json, text.joined(separator: "\n"))
  }
}
