/// The generation of one tag, as the shared store keeps it.
///
/// The store's epoch belongs to it too, but never leaves the adapter: a generation that another run of the store made
/// counts as missing there.
public struct Generation: Hashable, Sendable {
  /// Unique to one bump: not a count and not a time, so that no two bumps anywhere can make the same.
  public let nonce: UInt64
  /// The write-ahead log position by which the newest change of the tag was committed; nil when nobody knows.
  public let position: UInt64?
  /// Whether a change of the tag may be under way.
  public let isInDoubt: Bool

  /// A generation as it was read.
  public init(nonce: UInt64, position: UInt64? = nil, isInDoubt: Bool = false) {
    self.nonce = nonce
    self.position = position
    self.isInDoubt = isInDoubt
  }
}
