/// Replays generated traces through eviction policies and prints their hit ratios as Markdown tables. Argument: a seed (0).
@main
struct EvictionSimulator {
  /// Cache sizes as parts of the number of keys.
  private static let sizes = [0.01, 0.05, 0.2]

  static func main() {
    let seed = CommandLine.arguments.dropFirst().first.flatMap { UInt64($0) } ?? 0
    var report = HitRatioReport()
    for size in sizes {
      for trace in Trace.all(capacityOf: size, seed: seed) {
        let capacity = Int((Double(trace.keys) * size).rounded())
        report.add(trace.name, size: size, ratios: hitRatios(trace, capacity: capacity))
      }
    }
    print(report.markdown)
  }

  private static func hitRatios(_ trace: Trace, capacity: Int) -> [Double] {
    PolicyKind.allCases.map { kind in
      var policy = kind.make(capacity: capacity, trace: trace)
      let hits = trace.requests.count { policy.access(Int($0)) }
      return Double(hits) / Double(trace.requests.count)
    }
  }
}
