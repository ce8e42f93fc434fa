import Caching
import NIOCore

/// The form in which an entry answers a request: as it is, as gzip, or not at all because the client has it.
enum EntityForm: Int, CaseIterable {
  case identity
  case gzip
  case unchanged
  case unchangedGzip

  /// The form that a request for `entry` gets.
  /// - Parameter ifNoneMatch: the field of the request.
  init(_ entry: CacheEntry, wantsGzip: Bool, ifNoneMatch: String?) {
    self.init(entry.entityTag, isGzip: wantsGzip && entry.gzip != nil, ifNoneMatch: ifNoneMatch)
  }

  /// The same for a tag and the coding that was chosen.
  init(_ tag: EntityTag, isGzip: Bool, ifNoneMatch: String?) {
    if Preconditions.hasCurrent(ifNoneMatch, tag) {
      self = isGzip ? .unchangedGzip : .unchanged
    } else {
      self = isGzip ? .gzip : .identity
    }
  }

  /// Whether the tag is that of the gzip form.
  var isGzip: Bool { self == .gzip || self == .unchangedGzip }

  /// Whether the answer is 304.
  var isUnchanged: Bool { self == .unchanged || self == .unchangedGzip }

  /// The tag that is sent, quotes included.
  func tag(of entry: CacheEntry) -> String { tag(entry.entityTag) }

  /// The same for an entry's tags.
  func tag(_ tag: EntityTag) -> String { isGzip ? tag.gzip : tag.identity }

  /// What is sent; nil for nothing.
  func body(of entry: CacheEntry) -> ByteBuffer? {
    switch self {
    case .identity: entry.body
    case .gzip: entry.gzip
    case .unchanged, .unchangedGzip: nil
    }
  }
}
