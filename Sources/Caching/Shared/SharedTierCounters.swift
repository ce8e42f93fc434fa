import Synchronization

/// What has happened between this instance and the shared store.
final class SharedTierCounters: Sendable {
  let hits = Atomic<Int>(0)
  let misses = Atomic<Int>(0)
  /// Calls that failed or took too long.
  let failures = Atomic<Int>(0)
  /// Values that were not stored, since one of their tags had changed or was in doubt.
  let refusals = Atomic<Int>(0)
  /// Loads of other instances that were waited for.
  let lockWaits = Atomic<Int>(0)
  private let flaws = Envelope.Flaw.allCases.map { _ in Counter() }

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  func count(_ flaw: Envelope.Flaw) {
    guard let index = Envelope.Flaw.allCases.firstIndex(of: flaw) else { return }
    flaws[index].value.add(1, ordering: .relaxed)
  }

  /// How many stored values could not be used, by the flaw.
  var flawCounts: [String: Int] {
    Dictionary(
      uniqueKeysWithValues: zip(Envelope.Flaw.allCases, flaws).map { ($0.rawValue, $1.value.load(ordering: .relaxed)) })
  }
}
