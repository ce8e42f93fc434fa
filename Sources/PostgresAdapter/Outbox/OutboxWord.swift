package import Kernel
import PostgresClient

/// What changes of one tenant made stale.
package struct OutboxWord: Sendable, Equatable {
  package let tenant: TenantID
  /// Names of cache tags of the tenant's scope.
  package let tags: Set<String>
  /// Names of cache tags of the platform's scope, such as that of the tenant's keys.
  package let platformTags: Set<String>

  package init(tenant: TenantID, tags: Set<String>, platformTags: Set<String> = []) {
    self.tenant = tenant
    self.tags = tags
    self.platformTags = platformTags
  }

  /// Out of texts as the table holds them: a tag of the platform's scope has ``platformPrefix`` in front.
  init(tenant: TenantID, texts: Set<String>) {
    let platform = texts.filter { $0.hasPrefix(Self.platformPrefix) }
    self.init(
      tenant: tenant, tags: texts.subtracting(platform),
      platformTags: Set(platform.map { String($0.dropFirst(Self.platformPrefix.count)) }))
  }

  /// The words of rows, one for each tenant, in the order of its first row.
  /// - Parameter column: where the tenant stands, and its tags behind it.
  static func words(_ rows: PostgresRows, from column: Int) throws -> [OutboxWord] {
    var tenants: [TenantID] = []
    var tags: [TenantID: Set<String>] = [:]
    for row in rows {
      let tenant: TenantID = try row.decode(column)
      if tags[tenant] == nil { tenants.append(tenant) }
      tags[tenant, default: []].formUnion(try row.decode(column + 1, as: [String].self))
    }
    return tenants.map { OutboxWord(tenant: $0, texts: tags[$0] ?? []) }
  }

  /// No name of a tag holds a colon.
  static let platformPrefix = "platform:"
}
