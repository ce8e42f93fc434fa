import Kernel

/// What instances tell each other through the database's notifications.
package enum OutboxNotice: Sendable, Equatable {
  /// There is new word.
  case word
  /// The shared store could not be told of a change: whoever caches forgets what it made stale.
  case announced(OutboxWord)

  /// The channel of the notifications. Never used on the way of a booking: NOTIFY makes commits queue for each other.
  package static let channel = "tenantry_outbox"

  /// Reads a notification; nil for one that this instance has sent, or that another version has.
  ///
  /// Empty for new word; else the sender's name, which may be empty, the tenant, and texts as the table holds them, with spaces
  /// between.
  package init?(_ payload: String, instance: String) {
    guard !payload.isEmpty else {
      self = .word
      return
    }
    let parts = payload.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 3, parts[0] != instance, let tenant = UniqueID(parts[1]) else { return nil }
    self = .announced(OutboxWord(tenant: TenantID(tenant), texts: Set(parts[2...])))
  }
}
