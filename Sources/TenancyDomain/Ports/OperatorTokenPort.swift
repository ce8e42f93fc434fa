package import Kernel

/// Makes and reads the tokens that operators show.
package protocol OperatorTokenPort: Sendable {
  /// A token that says who an operator is, until it ends.
  func issue(to holder: Operator) async throws -> String

  /// Whom a token was issued to. Throws `keyUnknown` for one that was not issued here, was changed, is not of the one
  /// algorithm in use, or has ended; a token without an end is none.
  func holder(of token: String) async throws(DomainError) -> Operator
}
