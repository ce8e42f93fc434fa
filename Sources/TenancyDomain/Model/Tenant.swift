package import Kernel

/// A business on the platform.
package struct Tenant: Hashable, Sendable, Codable {
  /// Whether the tenant's keys are served.
  package enum Status: String, Sendable, Codable {
    case active
    case suspended
  }

  package let id: TenantID
  package let slug: Slug
  package let name: String
  package var status: Status
  package let timeZone: TenantTimeZone
  package let currency: CurrencyCode
  package let dailyCapacity: Int
  package let createdAt: Timestamp

  package init(
    id: TenantID, slug: Slug, name: String, status: Status = .active, timeZone: TenantTimeZone,
    currency: CurrencyCode, dailyCapacity: Int, createdAt: Timestamp
  ) {
    self.id = id
    self.slug = slug
    self.name = name
    self.status = status
    self.timeZone = timeZone
    self.currency = currency
    self.dailyCapacity = dailyCapacity
    self.createdAt = createdAt
  }

  /// What the other domains need to know of the tenant.
  package var profile: TenantProfile {
    TenantProfile(id: id, timeZone: timeZone, currency: currency, dailyCapacity: dailyCapacity)
  }
}
