import Kernel
package import Logging
import TenancyDomain

/// What `tenantry tenant` does, on the database. Servers that run hear of each change.
package struct TenantCommand: Sendable {
  /// A tenant as the commands show it.
  package struct Line: Encodable, Sendable {
    package let id: String
    package let slug: String
    package let name: String
    package let status: String
    package let timeZone: String
    package let currency: String
    package let dailyCapacity: Int
    package let createdAt: String

    init(_ tenant: Tenant) {
      id = tenant.id.description
      slug = tenant.slug.description
      name = tenant.name
      status = tenant.status.rawValue
      timeZone = tenant.timeZone.identifier
      currency = tenant.currency.description
      dailyCapacity = tenant.dailyCapacity
      createdAt = tenant.createdAt.description
    }
  }

  /// A tenant with its new keys, which nobody can show again.
  package struct Issue: Encodable, Sendable {
    package let tenant: Line
    package let publishableKey: String?
    package let secretKey: String?
  }

  private let settings: Settings
  private let logger: Logger

  /// - Parameter settings: those of the real preset.
  package init(settings: Settings, logger: Logger) {
    self.settings = settings
    self.logger = logger
  }

  /// Adds a tenant. Throws ``SettingError`` for an option that cannot be used.
  package func create(
    slug: String, name: String?, timeZone: String, currency: String, dailyCapacity: Int
  ) async throws -> Issue {
    let new = try Self.checked(slug, name, timeZone, currency, dailyCapacity)
    return try await withAdministration { administration in
      let (tenant, keys) = try await administration.create(new)
      return Issue(tenant: Line(tenant), publishableKey: keys.publishable, secretKey: keys.secret)
    }
  }

  /// Every tenant, in order of creation.
  package func list() async throws -> [Line] {
    try await withAdministration { administration in
      var lines: [Line] = []
      var page = PageRequest(limit: PageRequest.limits.upperBound)
      while true {
        let found = try await administration.list(page)
        lines += found.data.map(Line.init)
        guard found.nextCursor != nil, let last = found.data.last else { return lines }
        page = PageRequest(after: last.place, limit: page.limit)
      }
    }
  }

  /// Suspends a tenant, or activates it again.
  package func setActive(_ slug: String, _ isActive: Bool) async throws -> Line {
    try await withAdministration { Line(try await $0.setStatus(slug, isActive ? .active : .suspended)) }
  }

  /// Makes new keys; the old ones of the same kinds stop at once.
  /// - Parameter kind: `pk`, `sk`, or nil for both. Throws ``SettingError`` for anything else.
  package func rotateKeys(_ slug: String, kind: String?) async throws -> Issue {
    let kinds = try kind.map { text in
      guard let kind = APIKey.Kind(rawValue: text) else { throw SettingError("--kind", got: text, takes: "pk or sk") }
      return [kind]
    }
    return try await withAdministration { administration in
      let keys = try await administration.rotateKeys(slug, kinds ?? [.publishable, .secret])
      let tenant = Line(try await administration.find(slug))
      return Issue(tenant: tenant, publishableKey: keys.publishable, secretKey: keys.secret)
    }
  }

  /// Removes a tenant with everything it has.
  package func delete(_ slug: String) async throws -> Line {
    try await withAdministration { Line(try await $0.delete(slug)) }
  }

  private static func checked(
    _ slug: String, _ name: String?, _ timeZone: String, _ currency: String, _ dailyCapacity: Int
  ) throws -> NewTenant {
    // The reason is the same for all that it refuses.
    guard let known = try? TenantSlug.read(slug) else {
      throw SettingError(
        "SLUG", got: slug, takes: "3 to 50 of a-z, 0-9 and -, no - at either end, and no reserved word")
    }
    let name = name ?? slug
    guard (1...200).contains(name.count), name.contains(where: { !$0.isWhitespace }),
      !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw SettingError("--name", got: name, takes: "1 to 200 characters, none of them control characters") }
    guard let zone = TenantTimeZone(identifier: timeZone) else {
      throw SettingError("--time-zone", got: timeZone, takes: "an IANA time zone such as America/Halifax")
    }
    guard let code = CurrencyCode(currency) else {
      throw SettingError("--currency", got: currency, takes: "an ISO 4217 code such as USD")
    }
    guard (1...1_000).contains(dailyCapacity) else {
      throw SettingError("--daily-capacity", got: "\(dailyCapacity)", takes: "a whole number from 1 to 1000")
    }
    return NewTenant(slug: known, name: name, timeZone: zone, currency: code, dailyCapacity: dailyCapacity)
  }

  private func withAdministration<Result>(
    _ body: (TenantAdministration) async throws -> Result
  ) async throws -> Result {
    let clock = SystemClock()
    let newID = IDGenerator(clock: clock, random: SystemRandomSource())
    let preset = try Preset.real(
      settings, Preset.Machine(clock: clock, ticker: clock, newID: newID), logger: logger)
    defer { preset.close() }
    return try await body(preset.administration)
  }
}
