/// What is kept and what goes: every key costs the same.
protocol EvictionPolicy {
  /// Asks for a key, which is loaded and offered to the cache when it is not there. True for a hit.
  mutating func access(_ key: Int) -> Bool
}

/// The policies compared, in the order of the table's columns.
enum PolicyKind: String, CaseIterable {
  case lru = "LRU"
  case s3fifo = "S3-FIFO"
  case markedS3FIFO = "S3-FIFO, one mark"
  case tinyLFU = "W-TinyLFU"
  case sieve = "SIEVE"
  case optimal = "optimal"

  func make(capacity: Int, trace: Trace) -> any EvictionPolicy {
    switch self {
    case .lru: LeastRecentlyUsed(capacity: capacity, keys: trace.keys)
    case .s3fifo: S3FIFO(capacity: capacity, keys: trace.keys, form: .paper)
    case .markedS3FIFO: S3FIFO(capacity: capacity, keys: trace.keys, form: .marked)
    case .tinyLFU: WindowTinyLFU(capacity: capacity, keys: trace.keys)
    case .sieve: Sieve(capacity: capacity, keys: trace.keys)
    case .optimal: Optimal(capacity: capacity, trace: trace)
    }
  }
}
