import Caching

/// The generations of tags in this process's memory. A value: whoever shares it locks it.
struct FenceTable: Sendable {
  private struct Record: Sendable {
    var nonce: UInt64
    var position: UInt64?
    /// The marks of changes that may be under way, with the ticks at which their leases end.
    var doubts: [UInt64: UInt64] = [:]
  }

  private var records: [CacheTag: Record] = [:]
  private var lastNonce: UInt64

  /// - Parameter nonce: where the nonces begin; from there they only grow, so none comes twice.
  init(after nonce: UInt64) { lastNonce = nonce }

  /// The generation of a tag, if there is one.
  func generation(_ tag: CacheTag) -> Generation? {
    records[tag].map { Generation(nonce: $0.nonce, position: $0.position, isInDoubt: !$0.doubts.isEmpty) }
  }

  /// The generation of a tag, made where there is none and anew where a doubt has outlived its lease.
  mutating func mint(_ tag: CacheTag, position: UInt64?, now: UInt64) -> Generation {
    if var record = records[tag] {
      let open = record.doubts.filter { $0.value > now }
      if open.count < record.doubts.count {
        record = Record(nonce: nextNonce(), position: nil, doubts: open)
        records[tag] = record
      }
      return Generation(nonce: record.nonce, position: record.position, isInDoubt: !record.doubts.isEmpty)
    }
    let record = Record(nonce: nextNonce(), position: position)
    records[tag] = record
    return Generation(nonce: record.nonce, position: position)
  }

  /// Marks a tag until `end`.
  mutating func doubt(_ tag: CacheTag, by change: UInt64, until end: UInt64) {
    var record = records[tag] ?? Record(nonce: nextNonce())
    record.doubts[change] = end
    records[tag] = record
  }

  /// Makes the generation of a tag anew and takes back the mark of a change.
  mutating func bump(_ tag: CacheTag, by change: UInt64, position: UInt64?) -> Generation {
    let old = records[tag]
    var record = Record(nonce: nextNonce(), doubts: old?.doubts ?? [:])
    record.doubts[change] = nil
    record.position = position.map { max($0, old?.position ?? 0) }
    records[tag] = record
    return Generation(nonce: record.nonce, position: record.position, isInDoubt: !record.doubts.isEmpty)
  }

  /// Takes back the mark of a change.
  mutating func withdraw(_ tag: CacheTag, by change: UInt64) { records[tag]?.doubts[change] = nil }

  /// Whether a tag has this generation and nothing is in doubt.
  func holds(_ guarded: FenceGuard) -> Bool {
    guard let record = records[guarded.tag] else { return false }
    return record.nonce == guarded.nonce && record.doubts.isEmpty
  }

  private mutating func nextNonce() -> UInt64 {
    lastNonce &+= 1
    return lastNonce
  }
}
