import Kernel
import TenancyDomain
import TokenAdapter

/// What `tenantry token issue` does.
package struct TokenCommand: Sendable {
  /// A token and what it is good for.
  package struct Issued: Encodable, Sendable {
    package let token: String
    package let role: String
    package let expiresAt: String
  }

  /// The longest a token may live, in seconds: a year.
  private static let longest = Duration.seconds(366 * 86_400)

  private let secret: String

  /// Throws ``SettingError`` when no secret is set.
  package init(settings: Settings) throws {
    guard let secret = settings.operatorSecret else {
      throw SettingError("JWT_SECRET", got: "", takes: "the secret that the servers have")
    }
    self.secret = secret
  }

  /// Makes a token; throws ``SettingError`` for a role or a time that cannot be used.
  /// - Parameter name: how the audit log names the operator.
  package func issue(role text: String, expires: String, name: String) async throws -> Issued {
    guard let role = OperatorRole(rawValue: text) else {
      throw SettingError("--role", got: text, takes: "viewer, operator or admin")
    }
    guard let time = DurationText.parse(expires, bareUnit: "s"), (.seconds(1)...Self.longest).contains(time) else {
      throw SettingError("--expires", got: expires, takes: "30m, 12h or the like, up to a year")
    }
    let clock = SystemClock()
    // Tokens count in whole seconds.
    let end = Timestamp(milliseconds: clock.now().advanced(by: time).milliseconds / 1000 * 1000)
    let tokens = await JWTOperatorTokens(secret: secret, clock: clock)
    let token = try await tokens.issue(to: Operator(role: role, name: name, expiresAt: end))
    return Issued(token: token, role: role.rawValue, expiresAt: end.description)
  }
}
