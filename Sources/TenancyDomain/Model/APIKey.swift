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

  /// The lengths of `pk_live_` and of `_` with 32 digits.
  private static let prefixLength = 8
  private static let suffixLength = 33

  /// Reads a key; nil when it has not the form of one.
  package init?(_ text: String) {
    let bytes = text.utf8
    guard (Self.prefixLength + 1 + Self.suffixLength...128).contains(bytes.count),
      let kind = Kind(rawValue: String(text.prefix(2))),
      text.dropFirst(2).hasPrefix("_live_") || text.dropFirst(2).hasPrefix("_test_")
    else { return nil }
    let end = bytes.index(bytes.endIndex, offsetBy: -Self.suffixLength)
    guard bytes[end] == UInt8(ascii: "_"),
      bytes[bytes.index(after: end)...].allSatisfy({ Hexadecimal.value(of: $0) != nil })
    else { return nil }
    self.kind = kind
    slug = String(text[bytes.index(bytes.startIndex, offsetBy: Self.prefixLength)..<end])
    guard Slug.isWellFormed(slug) else { return nil }
    digest = Digest(of: text)
  }
}

extension APIKey {
  /// A key of a tenant, out of 32 hexadecimal digits or more that nobody can guess.
  static func text(_ kind: Kind, of slug: Slug, secret: String) -> String {
    "\(kind.rawValue)_live_\(slug)_\(secret.prefix(suffixLength - 1))"
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
