import ArgumentParser
import Bootstrap
import Foundation
import Logging

/// `tenantry serve`
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Serves the HTTP API until it is told to stop.")

  @Option(help: "The address to listen on (HOST).")
  var host: String?

  @Option(help: "The port to listen on; 0 takes a free one (PORT).")
  var port: String?

  @Option(help: "The adapters to wire: mock, all in memory, or real (ADAPTERS_PRESET).")
  var preset: String?

  @Flag(help: "Bring the schema up to date first; the in-memory preset has none.")
  var migrate = false

  @Flag(inversion: .prefixedNo, help: "Whether to fill the cache at the start (CACHE_WARM_ON_STARTUP).")
  var warm: Bool?

  @Option(help: "Also make up tenants at the start, all in memory: tenants=N,packages=M, packages of each tenant.")
  var generate: String?

  @Option(help: "What the made-up tenants follow from; see `tenantry seed --help`.")
  var randomSeed: String?

  func validate() throws {
    if randomSeed != nil, generate == nil { throw ValidationError("--random-seed goes with --generate.") }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let settings = try await Settings(
      environment: environment, overrides: overrides, isTerminal: isatty(FileHandle.standardError.fileDescriptor) == 1)
    let generated = try generate.map { try GenerationRequest($0, randomSeed: randomSeed) }
    try generated?.check(settings)
    LogOutput.bootstrap(settings)
    let logger = Logger(label: "tenantry")
    if migrate, settings.preset == .real {
      try await CommandFailure.awaitingDatabase(settings, logger)
      let names = try await CommandFailure.mending(settings) {
        try await SchemaCommand(settings: settings, logger: logger).up()
      }
      logger.info("schema up to date", metadata: ["applied": "\(names.count)"])
    }
    let server = ServerProcess(
      settings: settings, seeds: try Seed.demo(for: settings.preset), generated: generated, logger: logger
    ) { text in
      // Nobody may be there to read it.
      try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
    try await server.run()
  }

  private var overrides: [String: String] {
    var overrides: [String: String] = [:]
    overrides["HOST"] = host
    overrides["PORT"] = port
    overrides["ADAPTERS_PRESET"] = preset
    overrides["CACHE_WARM_ON_STARTUP"] = warm.map { $0 ? "on" : "off" }
    return overrides
  }
}
