import ArgumentParser
import Bootstrap

/// `tenantry migrate`
struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings the schema of the database to another version.",
    subcommands: [Up.self, Down.self, Status.self, Verify.self])

  struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Applies every pending migration.")
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let names = try await onSchema { try await $0.up() }
      try Output.print(["applied": names], json, names.isEmpty ? "nothing to apply" : lines("applied", names))
    }
  }

  struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Takes migrations back, the newest first.")
    @Option(help: "The migration to stay at, by name or time; 0 takes all back. Without it one is taken back.")
    var to: String?
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let names = try await onSchema { schema in
        if let to { try await schema.down(to: to) } else { try await schema.downOne() }
      }
      try Output.print(["reverted": names], json, names.isEmpty ? "nothing to take back" : lines("reverted", names))
    }
  }

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Tells where every migration stands.")
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let status = try await onSchema { try await $0.status() }
      try Output.print(
        status.map { ["name": $0.name, "state": $0.state] }, json,
        status.map { "\($0.state)  \($0.name)" }.joined(separator: "\n"))
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Fails unless every migration is applied as it is, and no other.")
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      try await onSchema { try await $0.verify() }
      try Output.print(["verified": true], json, "the schema is as the migrations made it")
    }
  }
}

private func onSchema<Result>(_ body: (SchemaCommand) async throws -> Result) async throws -> Result {
  try await CommandSettings.onDatabase { try await body(SchemaCommand(settings: $0, logger: $1)) }
}

private func lines(_ verb: String, _ names: [String]) -> String {
  names.map { "\(verb) \($0)" }.joined(separator: "\n")
}
