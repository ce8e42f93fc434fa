import Synchronization

/// A double that any thread may set, add to and read without a lock. It starts at zero.
struct AtomicDouble: ~Copyable, Sendable {
  private let bits = Atomic<UInt64>(0)

  /// The value now.
  var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

  /// Replaces the value.
  func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

  /// Adds to the value; retries when another thread was faster.
  func add(_ amount: Double) {
    var seen = bits.load(ordering: .relaxed)
    while true {
      let sum = (Double(bitPattern: seen) + amount).bitPattern
      let (exchanged, original) = bits.weakCompareExchange(expected: seen, desired: sum, ordering: .relaxed)
      if exchanged { return }
      seen = original
    }
  }
}
