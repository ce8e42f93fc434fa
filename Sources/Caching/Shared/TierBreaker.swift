/// Decides when the shared store counts as out of reach: at once when it says so itself, or after several time-outs in a
/// row. It counts as back when a probe succeeds; until then nobody waits for it.
struct TierBreaker: Sendable, Equatable {
  /// Time-outs in a row that open it.
  let threshold: Int
  private(set) var isOpen = false
  private var timeOuts = 0

  init(threshold: Int) { self.threshold = threshold }

  /// A call was answered.
  mutating func succeeded() { timeOuts = 0 }

  /// A call failed; tells whether that opened the breaker.
  mutating func failed(_ error: CacheStoreError) -> Bool {
    guard !isOpen else { return false }
    switch error {
    case .unavailable: isOpen = true
    case .timedOut:
      timeOuts += 1
      isOpen = timeOuts >= threshold
    case .notANumber: break
    }
    return isOpen
  }

  /// The store answers again.
  mutating func close() {
    isOpen = false
    timeOuts = 0
  }
}
