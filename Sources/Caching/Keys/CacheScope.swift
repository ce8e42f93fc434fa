public import Kernel

/// Whose data a key names. There is no third case and no default: a key without an owner cannot be written.
public enum CacheScope: Hashable, Sendable {
  case tenant(TenantID)
  /// Data of the platform itself, such as which key belongs to which tenant.
  case platform

  /// How the owner stands in a key.
  public var text: String {
    switch self {
    case .tenant(let tenant): tenant.description
    case .platform: "platform"
    }
  }
}
