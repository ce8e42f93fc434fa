/// What one owner holds in memory and how often it was read there.
public struct OwnerUsage: Sendable, Equatable {
  public var entries: Int
  public var bytes: Int
  public var hits: Int

  static func + (left: OwnerUsage, right: OwnerUsage) -> OwnerUsage {
    OwnerUsage(entries: left.entries + right.entries, bytes: left.bytes + right.bytes, hits: left.hits + right.hits)
  }
}
