import Synchronization

/// The nonces of shared generations as this instance last heard of them. Of a bounded number of tags: when there are more,
/// some are forgotten together, and whoever asks is told which.
final class KnownNonces: Sendable {
  /// 64 of them, each behind its own lock.
  private final class Shard: Sendable {
    let nonces = Mutex<[CacheTag: UInt64]>([:])
  }

  /// Clients can make up tags: a key of a tenant that does not exist has one.
  static let most = 1 << 16

  private let shards = (0..<64).map { _ in Shard() }
  private let mostOfShard: Int

  init(most: Int = KnownNonces.most) { mostOfShard = most / shards.count }

  /// The nonce of a tag; nil when it is not known.
  subscript(tag: CacheTag) -> UInt64? { shard(tag).nonces.withLock { $0[tag] } }

  /// Takes note of a tag's nonce.
  /// - Parameters:
  ///   - isNews: whether it matters that another nonce was known.
  ///   - moved: called before that with the tag, if it matters, and with those that have to be forgotten. It must not block.
  func note(_ tag: CacheTag, _ nonce: UInt64, isNews: Bool = true, moved: ([CacheTag]) -> Void) {
    shard(tag).nonces.withLock { nonces in
      let old = nonces[tag]
      guard old != nonce else { return }
      if old != nil {
        if isNews { moved([tag]) }
      } else if nonces.count >= mostOfShard {
        moved(Array(nonces.keys))
        nonces.removeAll(keepingCapacity: true)
      }
      nonces[tag] = nonce
    }
  }

  private func shard(_ tag: CacheTag) -> Shard { shards[Int(tag.place) % shards.count] }
}
