package import Kernel

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

  /// No name of a tag holds a colon.
  static let platformPrefix = "platform:"
}
