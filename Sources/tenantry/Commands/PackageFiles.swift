import ArgumentParser
import Bootstrap
import Foundation

/// `tenantry import`
struct ImportPackages: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Adds and changes packages by slug, out of a CSV or JSON Lines file.",
    discussion: "All rows or none, unless --keep-going is said. Rows with flaws are told with their lines.")

  @Argument(help: "The file; .csv, or .jsonl with a JSON object on each line. Shopify's product export is a CSV too.")
  var file: String
  @Option(help: "The slug of the tenant.") var tenant: String
  @Option(help: "csv or jsonl, whatever the file's name.") var format: String?
  @Flag(help: "Import good rows though others have flaws.") var keepGoing = false
  @Flag(help: "Print the report as JSON.") var json = false

  func run() async throws {
    let outcome = try await CommandSettings.onDatabase { settings, logger in
      try await PackageFileCommand(settings: settings, logger: logger).importFile(
        file, tenant, format: format, keepsGoing: keepGoing)
    }
    try Output.print(outcome, json, outcome.summary)
    guard outcome.failed > 0 else { return }
    if !json { Output.warn(outcome.flaws) }
    throw CommandFailure(
      "\(outcome.failed) rows have flaws; "
        + (outcome.applied ? "the others are imported" : "nothing is imported: mend them, or say --keep-going"))
  }
}

/// `tenantry export`
struct ExportPackages: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes every package of a tenant as a file that `tenantry import` reads.")

  @Option(help: "The slug of the tenant.") var tenant: String
  @Option(help: "The file to write; standard output without.") var output: String?
  @Option(help: "csv or jsonl; without, what the file's name ends with, else csv.") var format: String?

  func run() async throws {
    try await CommandSettings.onDatabase { settings, logger in
      let command = PackageFileCommand(settings: settings, logger: logger)
      guard let output else {
        return try await command.export(tenant, format: format, name: nil) { try Output.write(Data($0.utf8)) }
      }
      try await WholeFile.write(output) { file in
        try await command.export(tenant, format: format, name: output) { try file.append(Data($0.utf8)) }
      }
    }
  }
}
