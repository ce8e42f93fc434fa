import HTTPTypes
import Kernel
import TenancyDomain

/// Finds out whose key a request bears, and whether the route takes it.
struct Authenticator: Sendable {
  let directory: TenantDirectory

  /// Who asks; nil on an open route. Throws `keyRequired`, `keyUnknown`, `keyNotAllowed` and `tenantSuspended`.
  func holder(_ headers: HTTPFields, for access: Endpoint.Access) async throws -> KeyHolder? {
    let publishable = headers[.tenantKey]
    switch access {
    case .open: return nil
    case .storefront:
      guard let publishable else {
        let hasSecret = headers[.authorization]?.lowercased().hasPrefix("bearer ") == true
        throw hasSecret ? Self.wrongKey : Self.missing("X-Tenant-Key")
      }
      return try await holder(publishable, .publishable)
    case .staff:
      guard let secret = try Self.bearer(headers) else {
        throw publishable == nil ? Self.missing("Authorization: Bearer") : Self.wrongKey
      }
      return try await holder(secret, .secret)
    case .staffOrCustomer:
      if let secret = try Self.bearer(headers) { return try await holder(secret, .secret) }
      guard let publishable else { throw Self.missing("Authorization: Bearer, or X-Tenant-Key with X-Booking-Token") }
      return try await holder(publishable, .publishable)
    }
  }

  private func holder(_ text: String, _ kind: APIKey.Kind) async throws -> KeyHolder {
    let holder = try await directory.holder(ofKey: text)
    guard holder.key.kind == kind else { throw Self.wrongKey }
    return holder
  }

  private static func bearer(_ headers: HTTPFields) throws -> String? {
    guard let field = headers[.authorization] else { return nil }
    let parts = field.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw DomainError(.keyUnknown, "The Authorization field must be of the Bearer scheme.")
    }
    return String(parts[1])
  }

  private static func missing(_ field: String) -> DomainError {
    DomainError(.keyRequired, "This route needs a key in \(field).")
  }

  private static let wrongKey = DomainError(.keyNotAllowed, "This route does not take this kind of key.")
}
