package import Kernel

/// A tenant's key as a client sends it: `pk_live_<slug>_<32 hex>` or with `sk`, `test`.
package struct APIKey: Sendable {
  /// What a key may be used for.
  package enum Kind: String, Sendable, Codable {
    /// Storefronts: reads, and bookings of the customer's own.
    case publishable = "pk"
    /// The tenant's own staff and servers.
    case secret = "sk"
  }

  package let kind: Kind
  /// The slug the key claims; only the digest proves it.
  package let slug: String
  package let digest: Digest

  /// Reads a key; nil when it has not the form of one.
  package init?(_ text: String) {
    guard text.utf8.count <= 128 else { return nil }
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 4, let kind = Kind(rawValue: String(parts[0])), parts[1] == "live" || parts[1] == "test",
      Slug(String(parts[2])) != nil, parts[3].utf8.count == 32,
      parts[3].utf8.allSatisfy({ Hexadecimal.value(of: $0) != nil })
    else { return nil }
    self.kind = kind
    slug = String(parts[2])
    digest = Digest(of: text)
  }
}

/// A key as it is stored: never the key itself.
package struct StoredKey: Hashable, Sendable, Codable {
  package let digest: Digest
  package let kind: APIKey.Kind
  package let tenant: TenantID

  package init(digest: Digest, kind: APIKey.Kind, tenant: TenantID) {
    self.digest = digest
    self.kind = kind
    self.tenant = tenant
  }
}

/// Who a key speaks for.
package struct KeyHolder: Hashable, Sendable, Codable {
  package let tenant: Tenant
  package let key: StoredKey

  package init(tenant: Tenant, key: StoredKey) {
    self.tenant = tenant
    self.key = key
  }
}
