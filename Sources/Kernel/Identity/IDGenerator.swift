/// Where new identifiers and secrets come from: handed in, so that a test can repeat a run.
package protocol RandomSource: Sendable {
  /// 64 unpredictable bits.
  func next() -> UInt64
}

/// The operating system's random number generator.
package struct SystemRandomSource: RandomSource {
  package init() {}

  package func next() -> UInt64 { UInt64.random(in: .min ... .max) }
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

  /// 256 random bits as 64 hexadecimal digits, for tokens that must not be guessed.
  package func secret() -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for _ in 0..<4 {
      withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) }
    }
    return Hexadecimal.encode(bytes)
  }
}
