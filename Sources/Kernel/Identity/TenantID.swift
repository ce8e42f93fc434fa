/// Whose data it is: the first argument of every repository call and a part of every cache key.
public struct TenantID: Hashable, Sendable, Codable {
  public let raw: UniqueID

  /// Wraps an identifier that is known to be a tenant's.
  public init(_ raw: UniqueID) { self.raw = raw }

  public init(from decoder: any Decoder) throws { raw = try UniqueID(from: decoder) }

  public func encode(to encoder: any Encoder) throws { try raw.encode(to: encoder) }
}

extension TenantID: CustomStringConvertible {
  public var description: String { raw.description }
}
