import Foundation
import JWTKit
package import Kernel
package import TenancyDomain

/// Operators' tokens as JSON Web Tokens (RFC 7519) signed with HMAC and SHA-256, and with nothing else.
///
/// The claims are `role`, `exp`, `iat`, `sub` and `iss`; of a token made elsewhere with the same secret `role` and `exp`
/// are needed, `nbf` is heeded. The algorithm that a header names is compared, never followed.
package struct JWTOperatorTokens: OperatorTokenPort {
  /// The fewest bytes of a secret: as many as the hash has (RFC 7518, section 3.2).
  package static let minimumSecret = 32
  /// The longest token that is looked at, in bytes.
  private static let longestToken = 4096
  private static let algorithm = "HS256"
  private static let issuer = "tenantry"

  private let keys: JWTKeyCollection
  private let clock: any WallClock

  /// Tokens signed with a secret of ``minimumSecret`` bytes or more.
  package init(secret: String, clock: any WallClock) async {
    precondition(secret.utf8.count >= Self.minimumSecret, "the secret is too short")
    keys = JWTKeyCollection()
    await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
    self.clock = clock
  }

  package func issue(to holder: Operator) async throws -> String {
    try await keys.sign(
      Claims(
        role: holder.role, exp: Double(holder.expiresAt.milliseconds / 1000),
        iat: Double(clock.now().milliseconds / 1000), nbf: nil, sub: holder.name, iss: Self.issuer))
  }

  package func holder(of token: String) async throws(DomainError) -> Operator {
    guard token.utf8.count <= Self.longestToken, let claims = await verified(token) else { throw Self.unknown }
    let now = Double(clock.now().milliseconds) / 1000
    guard claims.exp > now, claims.nbf ?? now <= now, claims.exp < 1e11 else { throw Self.unknown }
    return Operator(
      role: claims.role, name: claims.sub ?? claims.role.rawValue,
      expiresAt: Timestamp(milliseconds: Int64(claims.exp * 1000)))
  }

  /// The claims of a token whose header names the one algorithm and nothing that must be understood besides, and whose
  /// signature is right.
  private func verified(_ token: String) async -> Claims? {
    let bytes = Array(token.utf8)
    do {
      let header = try DefaultJWTParser().parse(bytes, as: Claims.self).header
      guard header.alg == Self.algorithm, header.fields["crit"] == nil else { return nil }
      return try await keys.verify(bytes, as: Claims.self)
    } catch {
      // Whatever is wrong with it, it is no token of ours; the caller is told no more than that.
      return nil
    }
  }

  private static let unknown = DomainError(.keyUnknown, "The token is not valid, or no longer.")

  private struct Claims: JWTPayload {
    let role: OperatorRole
    /// Seconds since 1970, as are the others.
    let exp: Double
    let iat: Double?
    let nbf: Double?
    let sub: String?
    let iss: String?

    func verify(using algorithm: some JWTAlgorithm) async throws {}
  }
}
