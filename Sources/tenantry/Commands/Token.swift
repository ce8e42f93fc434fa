import ArgumentParser
import Bootstrap

/// `tenantry token`
struct Token: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes tokens for operators of the platform.", subcommands: [Issue.self])

  struct Issue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints a new token, signed with JWT_SECRET.",
      discussion: "viewer looks; operator also empties caches; admin also manages tenants.")

    @Option(help: "viewer, operator or admin.") var role: String
    @Option(help: "How long it lives: 30m, 12h or the like.") var expires = "12h"
    @Option(help: "How the audit log names the operator; the role when not given.") var name: String?
    @Flag(help: "Print JSON: token, role, expiresAt.") var json = false

    func run() async throws {
      let command = try TokenCommand(settings: try await CommandSettings.alone())
      let issued = try await command.issue(role: role, expires: expires, name: name ?? role)
      try Output.print(issued, json, issued.token)
    }
  }
}
