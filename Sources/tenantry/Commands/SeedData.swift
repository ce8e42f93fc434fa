import ArgumentParser
import Bootstrap
import Foundation

/// `tenantry seed`
struct SeedData: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seed", abstract: "Loads seed data, or what an earlier run has left out; what is there is left alone.")

  @Flag(help: "Load the demo tenants (Seeds/demo); the default.") var demo = false
  @Option(help: "Load every .json file of this folder instead.") var dir: String?
  @Option(help: "Make up data instead: tenants=N,packages=M,bookings=K, packages of each tenant, bookings of all.")
  var generate: String?
  @Option(help: "What the made-up data follows from, from 0; the same seed makes the same data. The default is 1.")
  var randomSeed: String?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if demo, dir != nil { throw ValidationError("Give --demo or --dir, not both.") }
    if generate != nil, demo || dir != nil {
      throw ValidationError("Give --generate, or --demo or --dir, not both.")
    }
    if randomSeed != nil, generate == nil { throw ValidationError("--random-seed goes with --generate.") }
  }

  func run() async throws {
    if let generate { return try await make(GenerationRequest(generate, randomSeed: randomSeed)) }
    let report = try await CommandSettings.onDatabase { settings, logger in
      let folder = try dir.map { URL(filePath: $0) } ?? Seed.demoFolder()
      return try await SeedCommand(settings: settings, logger: logger).load(folder) { done, all in
        ProgressBar("tenants", total: all).update(done)
      }
    }
    try Output.print(report, json, report.lines.joined(separator: "\n"))
  }

  private func make(_ request: GenerationRequest) async throws {
    let bar = ProgressBar("tenants", total: request.tenants)
    try await CommandSettings.onDatabase { settings, logger in
      try await GenerateCommand(settings: settings, logger: logger).run(request) { bar.update($0) }
    }
    let (first, last) = request.slugs
    let report = Generated(
      tenants: request.tenants, packages: request.tenants * request.packages, bookings: request.bookings,
      randomSeed: request.randomSeed, firstSlug: first, lastSlug: last, firstKeys: request.firstKeys)
    try Output.print(
      report, json,
      """
      \(report.tenants) tenants, \(first) to \(last), with \(report.packages) packages and \(report.bookings) bookings
      keys of the first: \(report.firstKeys.joined(separator: " "))
      """)
  }

  /// What is there now, whichever run made it.
  private struct Generated: Encodable {
    let tenants: Int
    let packages: Int
    let bookings: Int
    let randomSeed: Int
    let firstSlug: String
    let lastSlug: String
    let firstKeys: [String]
  }
}
