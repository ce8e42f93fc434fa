import Foundation

/// Hit ratios in percent, one row for each trace and size, and how far each policy is from LRU at its best and worst.
struct HitRatioReport {
  private struct Row {
    let trace: String
    let size: Double
    let ratios: [Double]
  }

  private var rows: [Row] = []

  mutating func add(_ trace: String, size: Double, ratios: [Double]) {
    rows.append(Row(trace: trace, size: size, ratios: ratios))
  }

  var markdown: String {
    let names = PolicyKind.allCases.map(\.rawValue)
    let rule = "|---|---|" + names.map { _ in "---:|" }.joined()
    let head = "| cache | trace | " + names.joined(separator: " | ") + " |\n" + rule
    let body = rows.map { row in
      let ratios = row.ratios.map { Self.percent($0) }.joined(separator: " | ")
      return "| \(Int(row.size * 100)) % | \(row.trace) | \(ratios) |"
    }
    return ([head] + body + ["", summary]).joined(separator: "\n")
  }

  /// Points over LRU: the least over all rows, over those without a change of loops, and the least and the mean over
  /// those with scans.
  private var summary: String {
    let lines = PolicyKind.allCases.indices.dropFirst().map { column in
      let all = rows.map { $0.ratios[column] - $0.ratios[0] }
      let scans = rows.filter { $0.trace.hasSuffix("scans") }.map { $0.ratios[column] - $0.ratios[0] }
      let fewer = rows.filter { !$0.trace.hasPrefix("other loops") }.map { $0.ratios[column] - $0.ratios[0] }
      let figures = [
        all.min() ?? 0, fewer.min() ?? 0, scans.min() ?? 0, scans.reduce(0, +) / Double(max(1, scans.count)),
      ]
      let text = figures.map { Self.percent($0) }.joined(separator: " | ")
      return "| \(PolicyKind.allCases[column].rawValue) | \(text) |"
    }
    let names = ["points over LRU", "worst of all", "worst but other loops", "worst with scans", "mean with scans"]
    let head = "| " + names.joined(separator: " | ") + " |\n|---|" + names.dropFirst().map { _ in "---:|" }.joined()
    return ([head] + lines).joined(separator: "\n")
  }

  private static func percent(_ ratio: Double) -> String { String(format: "%.1f", ratio * 100) }
}
