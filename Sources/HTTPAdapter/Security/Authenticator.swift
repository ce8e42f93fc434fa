import HTTPTypes
import Kernel
import TenancyDomain

/// Finds out whose key or token a request bears, and whether the route takes it.
struct Authenticator: Sendable {
  /// Who asks.
  enum Caller: Sendable {
    /// On a route that asks for nothing.
    case anybody
    case tenant(KeyHolder)
    case `operator`(Operator)
  }

  let directory: TenantDirectory
  /// Nil when there is no secret to sign operators' tokens with.
  let operators: (any OperatorTokenPort)?

  /// Who asks. Throws `keyRequired`, `keyUnknown`, `keyNotAllowed` and `tenantSuspended`.
  /// - Parameter isLocal: whether the request comes from this machine and through no proxy.
  func caller(
    _ headers: HTTPFields, for access: Endpoint.Access, isLocal: @autoclosure () -> Bool
  ) async throws -> Caller {
    let publishable = headers[.tenantKey]
    switch access {
    case .open: return .anybody
    case .storefront:
      guard let publishable else {
        // A key in the other field may be good for something else; whatever else stands there is none.
        if let other = try? Self.bearer(headers) { _ = try await holder(other, .publishable) }
        throw Self.missing("X-Tenant-Key")
      }
      return try await holder(publishable, .publishable)
    case .staff:
      guard let secret = try Self.bearer(headers) else {
        if let publishable { _ = try await holder(publishable, .secret) }
        throw Self.missing("Authorization: Bearer")
      }
      return try await holder(secret, .secret)
    case .staffOrCustomer:
      if let secret = try Self.bearer(headers) { return try await holder(secret, .secret) }
      guard let publishable else { throw Self.missing("Authorization: Bearer, or X-Tenant-Key with X-Booking-Token") }
      return try await holder(publishable, .publishable)
    case .operators(let role): return .operator(try await self.operator(headers, atLeast: role))
    case .operatorsOrLocal(let role):
      return isLocal() ? .anybody : .operator(try await self.operator(headers, atLeast: role))
    }
  }

  /// Whether a request bears an operator's token, whatever else it bears.
  func isOperator(_ headers: HTTPFields) async -> Bool {
    // Whatever is wrong with what it bears, it is no operator's.
    guard let operators, let token = try? Self.bearer(headers) else { return false }
    return (try? await operators.holder(of: token)) != nil
  }

  private func `operator`(_ headers: HTTPFields, atLeast role: OperatorRole) async throws -> Operator {
    guard let operators else {
      throw DomainError(.keyNotAllowed, "Operators' routes are closed: no JWT_SECRET is set.")
    }
    guard let token = try Self.bearer(headers) else {
      if let other = headers[.tenantKey] {
        _ = try await directory.holder(ofKey: other)
        throw Self.wrongKey
      }
      throw Self.missing("Authorization: Bearer, an operator's token")
    }
    if APIKey(token) != nil {
      _ = try await directory.holder(ofKey: token)
      throw Self.wrongKey
    }
    let holder = try await operators.holder(of: token)
    guard holder.role >= role else {
      throw DomainError(.keyNotAllowed, "This route needs the role \(role.rawValue).")
    }
    return holder
  }

  private func holder(_ text: String, _ kind: APIKey.Kind) async throws -> Caller {
    if APIKey(text) == nil, await isToken(text) { throw Self.wrongKey }
    let holder = try await directory.holder(ofKey: text)
    guard holder.key.kind == kind else { throw Self.wrongKey }
    return .tenant(holder)
  }

  /// Whether a text that is no key is an operator's token.
  private func isToken(_ text: String) async -> Bool {
    guard let operators else { return false }
    // What cannot be read as a token is none.
    return (try? await operators.holder(of: text)) != nil
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
