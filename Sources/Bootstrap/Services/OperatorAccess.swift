import Kernel
import Logging
import TenancyDomain
import TokenAdapter

/// The tokens by which operators come in.
enum OperatorAccess {
  /// How long the token lives that the in-memory preset prints.
  static let demoTime = Duration.seconds(12 * 3600)

  /// Tokens signed with the secret that is set. Without one the in-memory preset makes one up, and the real preset lets
  /// no operator in, which it says.
  static func tokens(
    _ settings: Settings, clock: any WallClock, logger: Logger
  ) async throws -> (any OperatorTokenPort)? {
    if let secret = settings.operatorSecret { return await JWTOperatorTokens(secret: secret, clock: clock) }
    guard settings.preset == .mock else {
      logger.notice("JWT_SECRET is not set: operators' routes answer 403")
      return nil
    }
    let secret = IDGenerator(clock: clock, random: SystemRandomSource()).secret()
    return await JWTOperatorTokens(secret: secret, clock: clock)
  }

  /// A token for whoever tries the demo; nil in the real preset.
  static func demoToken(
    _ settings: Settings, _ tokens: (any OperatorTokenPort)?, _ clock: any WallClock
  ) async throws -> String? {
    guard settings.preset == .mock, let tokens else { return nil }
    return try await tokens.issue(
      to: Operator(role: .admin, name: "demo", expiresAt: clock.now().advanced(by: demoTime)))
  }
}
