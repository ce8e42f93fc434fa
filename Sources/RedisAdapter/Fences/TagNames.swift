import Caching
import Synchronization

/// How tags are named in Redis. Every read names some, and a tenant has few.
final class TagNames: Sendable {
  /// More tags than that, and all are forgotten, to be named again.
  private static let capacity = 8192

  private let names = Mutex<[CacheTag: String]>([:])

  /// The name of a tag, made by `make` when it has not been seen of late.
  func name(of tag: CacheTag, make: () -> String) -> String {
    if let known = names.withLock({ $0[tag] }) { return known }
    let name = make()
    names.withLock { names in
      if names.count >= Self.capacity { names = [:] }
      names[tag] = name
    }
    return name
  }
}
