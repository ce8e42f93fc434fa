import Synchronization

/// Where new identifiers and secrets come from: handed in, so that a test can repeat a run.
package protocol RandomSource: Sendable {
  /// 64 bits that look random.
  func next() -> UInt64

  /// Whether nobody can guess the next bits from those before.
  var isUnpredictable: Bool { get }
}

/// The operating system's random number generator.
package struct SystemRandomSource: RandomSource {
  package init() {}

  package let isUnpredictable = true

  package func next() -> UInt64 { UInt64.random(in: .min ... .max) }
}

/// A fast generator for identifiers that need be unique and not secret: SplitMix64 (Steele, Lea and Flood, 2014) over a
/// counter that all callers share. The system is asked for the seed alone.
package final class CountingRandomSource: RandomSource {
  private let state: Atomic<UInt64>
  package let isUnpredictable = false

  /// - Parameter seed: where the sequence begins.
  package init(seed: UInt64 = UInt64.random(in: .min ... .max)) { state = Atomic(seed) }

  package func next() -> UInt64 {
    var bits = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}

/// Makes time-ordered identifiers (UUID version 7).
package struct IDGenerator: Sendable {
  private let clock: any WallClock
  private let random: any RandomSource

  /// Draws the time from `clock` and the rest from `random`.
  package init(clock: any WallClock, random: any RandomSource) {
    self.clock = clock
    self.random = random
  }

  /// A new identifier.
  package func uniqueID() -> UniqueID {
    UniqueID(at: clock.now(), random: (random.next(), random.next()))
  }

  /// A new identifier of one kind of record.
  package func callAsFunction<Subject>(_: Subject.Type = Subject.self) -> ID<Subject> {
    ID(uniqueID())
  }

  /// 256 random bits as 64 hexadecimal digits, for tokens that must not be guessed. Only for a source that is
  /// unpredictable.
  package func secret() -> String {
    precondition(random.isUnpredictable, "a secret needs a source that nobody can guess")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for _ in 0..<4 {
      withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) }
    }
    return Hexadecimal.encode(bytes)
  }
}
