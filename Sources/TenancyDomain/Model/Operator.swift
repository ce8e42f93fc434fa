package import Kernel

/// What an operator of the platform may do. Each role may do all that those before it may.
package enum OperatorRole: String, Sendable, Codable, CaseIterable, Comparable {
  /// Look.
  case viewer
  /// Change what the platform runs on.
  case `operator`
  /// Change tenants.
  case admin

  package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .viewer: 0
    case .operator: 1
    case .admin: 2
    }
  }
}

/// Who works for the platform, as a token says.
package struct Operator: Hashable, Sendable {
  package let role: OperatorRole
  /// How the audit log names the operator.
  package let name: String
  /// When the token ends.
  package let expiresAt: Timestamp

  package init(role: OperatorRole, name: String, expiresAt: Timestamp) {
    self.role = role
    self.name = name
    self.expiresAt = expiresAt
  }
}
