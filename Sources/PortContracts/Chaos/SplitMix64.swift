import Synchronization

/// Random numbers that are the same for the same seed: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The sequence of a seed.
  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension SplitMix64 {
  /// A number below `bound`, which is at least 1. Skewed by less than one in 2³² for bounds of everyday size.
  package mutating func below(_ bound: Int) -> Int { Int(((next() >> 32) &* UInt64(bound)) >> 32) }

  /// True with this probability.
  package mutating func chance(_ probability: Double) -> Bool {
    probability > 0 && Double(next() >> 11) * 0x1p-53 < probability
  }

  /// A time in a range, in steps of a microsecond.
  package mutating func duration(_ range: ClosedRange<Duration>) -> Duration {
    let width = Int((range.upperBound - range.lowerBound) / .microseconds(1))
    return width == 0 ? range.lowerBound : range.lowerBound + .microseconds(below(width + 1))
  }
}

/// One sequence of random numbers that several tasks draw from.
package final class SharedChance: Sendable {
  private let generator: Mutex<SplitMix64>

  /// The sequence of a seed.
  package init(seed: UInt64) { generator = Mutex(SplitMix64(seed: seed)) }

  /// Draws numbers that no other task comes between.
  package func draw<Drawn: Sendable>(_ body: (inout SplitMix64) -> Drawn) -> Drawn {
    generator.withLock { body(&$0) }
  }
}
