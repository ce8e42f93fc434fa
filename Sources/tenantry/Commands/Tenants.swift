import ArgumentParser
import Bootstrap

/// `tenantry tenant`
struct Tenants: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tenant", abstract: "Manages the tenants of the database.",
    subcommands: [Create.self, List.self, Suspend.self, Activate.self, RotateKey.self, Delete.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Adds a tenant and prints its keys, which cannot be shown again.")
    @Argument(help: "3 to 50 of a-z, 0-9 and -.") var slug: String
    @Option(help: "What people call it; the slug without.") var name: String?
    @Option(help: "The IANA time zone that decides which day it is.") var timeZone = "UTC"
    @Option(help: "The ISO 4217 code of prices that name none.") var currency = "USD"
    @Option(help: "Bookings a day.") var dailyCapacity = 1
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let issue = try await onTenants {
        try await $0.create(
          slug: slug, name: name, timeZone: timeZone, currency: currency, dailyCapacity: dailyCapacity)
      }
      try Output.print(issue, json, "created \(issue.tenant.slug)\n" + keys(issue), mend: newKeys(slug))
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists every tenant, in order of creation.")
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let tenants = try await onTenants { try await $0.list() }
      let lines = tenants.map { "\($0.status)  \($0.slug)  \($0.createdAt)  \($0.name)" }
      try Output.print(["tenants": tenants], json, lines.isEmpty ? "no tenants" : lines.joined(separator: "\n"))
    }
  }

  struct Suspend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes a tenant's keys answer 403, on every server.")
    @Argument(help: "The tenant.") var slug: String
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let tenant = try await onTenants { try await $0.setActive(slug, false) }
      try Output.print(tenant, json, "suspended \(slug)")
    }
  }

  struct Activate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes a suspended tenant's keys work again.")
    @Argument(help: "The tenant.") var slug: String
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let tenant = try await onTenants { try await $0.setActive(slug, true) }
      try Output.print(tenant, json, "activated \(slug)")
    }
  }

  struct RotateKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes new keys and prints them; the old ones stop at once.")
    @Argument(help: "The tenant.") var slug: String
    @Option(help: "pk (storefronts) or sk (staff) alone; both without.") var kind: String?
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let issue = try await onTenants { try await $0.rotateKeys(slug, kind: kind) }
      try Output.print(issue, json, keys(issue), mend: newKeys(slug))
    }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Removes a tenant with all it has, bookings and customers included.")
    @Argument(help: "The tenant.") var slug: String
    @Flag(help: "Really do it.") var yes = false
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
      if !yes { throw ValidationError("This removes everything that \(slug) has. Say --yes if you mean it.") }
    }

    func run() async throws {
      let tenant = try await onTenants { try await $0.delete(slug) }
      try Output.print(tenant, json, "deleted \(slug)")
    }
  }
}

private func onTenants<Result>(_ body: (TenantCommand) async throws -> Result) async throws -> Result {
  try await CommandSettings.onDatabase { try await body(TenantCommand(settings: $0, logger: $1)) }
}

/// What to do where keys could not be printed.
private func newKeys(_ slug: String) -> String {
  "the new keys of \(slug) are lost; make others with `tenantry tenant rotate-key \(slug)`"
}

private func keys(_ issue: TenantCommand.Issue) -> String {
  let keys = [("publishable", issue.publishableKey), ("secret", issue.secretKey)]
  return keys.compactMap { name, key in key.map { "\(name) key: \($0)" } }.joined(separator: "\n")
}
