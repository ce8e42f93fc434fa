package import Kernel

/// What an operator says of a tenant to be.
package struct NewTenant: Sendable {
  package let slug: Slug
  package let name: String
  package let timeZone: TenantTimeZone
  package let currency: CurrencyCode
  package let dailyCapacity: Int

  /// - Parameter slug: one that ``TenantSlug/read(_:)`` let pass.
  package init(
    slug: Slug, name: String, timeZone: TenantTimeZone, currency: CurrencyCode, dailyCapacity: Int
  ) {
    self.slug = slug
    self.name = name
    self.timeZone = timeZone
    self.currency = currency
    self.dailyCapacity = dailyCapacity
  }
}

/// The keys of a tenant as they are shown once: afterwards only their digests are known.
package struct IssuedKeys: Sendable {
  package let publishable: String?
  package let secret: String?
}
