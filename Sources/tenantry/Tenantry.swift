import ArgumentParser

/// The command line.
@main
struct Tenantry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tenantry",
    abstract: "A multi-tenant catalog and booking backend with an embedded cache.",
    subcommands: [
      Serve.self, Migrate.self, SeedData.self, ImportPackages.self, ExportPackages.self, Tenants.self, Warm.self,
      Token.self, Health.self,
    ])

  static func main() async { await Exit.run(Self.self) }
}
