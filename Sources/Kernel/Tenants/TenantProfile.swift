/// What every domain needs to know of the tenant it works for.
package struct TenantProfile: Hashable, Sendable, Codable {
  package let id: TenantID
  package let timeZone: TenantTimeZone
  /// The currency of prices that name none.
  package let currency: CurrencyCode
  /// How many live bookings one day takes, 1 or more.
  package let dailyCapacity: Int

  package init(id: TenantID, timeZone: TenantTimeZone, currency: CurrencyCode, dailyCapacity: Int) {
    self.id = id
    self.timeZone = timeZone
    self.currency = currency
    self.dailyCapacity = dailyCapacity
  }

  /// The day it is for the tenant.
  package func today(_ clock: any WallClock) -> CalendarDate { timeZone.date(at: clock.now()) }
}
