package import Kernel

/// What somebody did to the platform or to a tenant, for those who look later.
package struct AuditEntry: Hashable, Sendable {
  package let id: UniqueID
  /// Nil for what concerns no tenant.
  package let tenant: TenantID?
  package let at: Timestamp
  /// Who did it.
  package let actor: String
  /// What was done, for example `cache.invalidate`.
  package let action: String
  /// To what; nil for the tenant or the platform as a whole.
  package let subject: String?
  /// More about it, by name. Never a secret.
  package let detail: [String: String]
  /// The request it was done by.
  package let requestID: String?

  package init(
    id: UniqueID, tenant: TenantID?, at: Timestamp, actor: String, action: String, subject: String? = nil,
    detail: [String: String] = [:], requestID: String? = nil
  ) {
    self.id = id
    self.tenant = tenant
    self.at = at
    self.actor = actor
    self.action = action
    self.subject = subject
    self.detail = detail
    self.requestID = requestID
  }
}
