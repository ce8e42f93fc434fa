import Crypto
import Foundation
import TenancyDomain
import TokenAdapter

extension Shop {
  /// An operator with a token of this shop.
  func `operator`(_ role: OperatorRole, name: String = "ada", for time: Duration = .seconds(60)) async throws -> Sender
  {
    let tokens = await JWTOperatorTokens(secret: Self.secret, clock: clock)
    return .operator(
      try await tokens.issue(to: Operator(role: role, name: name, expiresAt: clock.now().advanced(by: time))))
  }
}

/// Tokens made by hand, to forge.
enum Forgery {
  /// `header.claims.signature`, signed with HMAC and SHA-256 whatever the header says.
  static func token(_ header: String, _ claims: String, secret: String = Shop.secret) -> String {
    let text = [header, claims].map { encoded(Data($0.utf8)) }.joined(separator: ".")
    let key = SymmetricKey(data: Data(secret.utf8))
    let signature = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
    return text + "." + encoded(Data(signature))
  }

  static func encoded(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
