/// Looks for what may not be in a history.
struct HistoryChecker {
  /// What a fleet promises.
  enum Promise: String, CaseIterable, Sendable {
    /// After a write was acknowledged, no read that begins later on the same instance shows an older version.
    case ownWrites = "own writes"
    /// Of two reads of one key on one instance, one after the other, the second shows no older version.
    case monotonicReads = "monotonic reads"
    /// A read that begins longer than the bound after a write was acknowledged anywhere shows no older version.
    case convergence
  }

  /// One read that broke a promise.
  struct Anomaly: Sendable, CustomStringConvertible {
    let promise: Promise
    let read: History.Read
    let expected: Int
    let late: Duration

    var description: String {
      """
      \(promise.rawValue): \(read.view) of \(read.package) on \(read.place.instance).\(read.place.life) showed \
      \(read.version) instead of \(expected), \(late) after it
      """
    }
  }

  /// How long after a write other instances may still show what was before.
  let bound: Duration

  func anomalies(_ history: History) -> [Anomaly] {
    let writes = Dictionary(grouping: history.writes, by: \.package)
    return Dictionary(grouping: history.reads, by: \.package).flatMap { package, reads in
      check(reads, writes[package] ?? [])
    }
  }

  /// For each write and each other instance, how long after the acknowledgement the last read began that showed an older
  /// version; zero where none did.
  func lags(_ history: History) -> [Duration] {
    let reads = Dictionary(grouping: history.reads, by: \.package)
    return history.writes.flatMap { write -> [Duration] in
      let others = (reads[write.package] ?? []).filter {
        $0.place.instance != write.place.instance && $0.began > write.ended
      }
      return Dictionary(grouping: others, by: \.place.instance).values.map { reads in
        reads.filter { $0.version < write.version }.map { $0.began - write.ended }.max() ?? .zero
      }
    }
  }

  private func check(_ reads: [History.Read], _ writes: [History.Write]) -> [Anomaly] {
    var found: [Anomaly] = []
    let everywhere = Floor(writes.map { ($0.ended.advanced(by: bound), $0.version) })
    for (place, reads) in Dictionary(grouping: reads, by: \.place) {
      let own = Floor(writes.filter { $0.place == place }.map { ($0.ended, $0.version) })
      for reads in Dictionary(grouping: reads, by: \.view).values {
        let seen = Floor(reads.map { ($0.ended, $0.version) })
        for read in reads {
          for (promise, floor) in [(Promise.ownWrites, own), (.monotonicReads, seen), (.convergence, everywhere)] {
            guard let known = floor.highest(before: read.began), known.version > read.version else { continue }
            found.append(
              Anomaly(promise: promise, read: read, expected: known.version, late: read.began - known.since))
          }
        }
      }
    }
    return found
  }

  /// The highest version known from each moment on.
  private struct Floor {
    private var steps: [(since: ContinuousClock.Instant, version: Int)] = []

    init(_ facts: [(ContinuousClock.Instant, Int)]) {
      for (moment, version) in facts.sorted(by: { $0.0 < $1.0 }) where version > steps.last?.version ?? .min {
        steps.append((moment, version))
      }
    }

    func highest(before moment: ContinuousClock.Instant) -> (since: ContinuousClock.Instant, version: Int)? {
      var (low, high) = (0, steps.count)
      while low < high {
        let middle = (low + high) / 2
        if steps[middle].since < moment { low = middle + 1 } else { high = middle }
      }
      return low == 0 ? nil : steps[low - 1]
    }
  }
}

extension [Duration] {
  /// The smallest that at least this share of them does not exceed.
  func percentile(_ share: Double) -> Duration {
    guard !isEmpty else { return .zero }
    return sorted()[Swift.min(count - 1, Int((Double(count) * share).rounded(.up)) - 1)]
  }
}
