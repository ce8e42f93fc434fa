import Observability
import Testing

/// What the program itself registers wrongly stops the process, with the reason on standard error.
@Suite struct MetricsRegistryConflictTests {
  /// One wrong registration. Its raw value is what standard error must say.
  enum Mistake: String, CaseIterable, Codable, Sendable {
    case otherKind = "metric \"m\" is already a counter, not a gauge"
    case otherBuckets = "metric \"m\" is already a histogram of other buckets"
    case otherSource = "metric \"m\" already has instruments, not readers"
    case otherLabels = "metric \"m\" has labels [\"a\"], not [\"b\"]"
    case malformedName = "metric name \"a.b\" is malformed"
    case malformedLabel = "label name \"1st\" is malformed"
    case repeatedLabel = "label \"a\" stands twice"
    case ownBound = "cannot have a label \"le\""
    case disorderedBuckets = "buckets [2.0, 1.0] are not finite and ascending"
    case endlessBucket = "buckets [1.0, inf] are not finite and ascending"
    case noBuckets = "buckets [] are not finite and ascending"
    case takenSampleName = "\"m_count\" already belongs to metric \"m_count\""

    func make() {
      let registry = MetricsRegistry()
      func counter(_ name: String, _ labels: String...) {
        _ = registry.counter(name, help: "", labels: labels.map { ($0, "") })
      }
      func histogram(_ buckets: [Double], _ labels: String...) {
        _ = registry.histogram("m", help: "", labels: labels.map { ($0, "") }, buckets: buckets)
      }
      switch self {
      case .otherKind:
        counter("m")
        _ = registry.gauge("m", help: "")
      case .otherBuckets:
        histogram([1])
        histogram([2])
      case .otherSource:
        counter("m")
        registry.onCollect("m", help: "", kind: .counter) { [] }
      case .otherLabels:
        counter("m", "a")
        counter("m", "b")
      case .malformedName: counter("a.b")
      case .malformedLabel: counter("m", "1st")
      case .repeatedLabel: counter("m", "a", "b", "a")
      case .ownBound: histogram([1], "le")
      case .disorderedBuckets: histogram([2, 1])
      case .endlessBucket: histogram([1, .infinity])
      case .noBuckets: histogram([])
      case .takenSampleName:
        counter("m_count")
        histogram([1])
      }
    }
  }

  @Test("a wrong registration stops the process and says why", arguments: Mistake.allCases)
  func mistake(_ mistake: Mistake) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [mistake] in
      mistake.make()
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains(mistake.rawValue))
  }

  @Test("another help text is no mistake: the first one stays")
  func otherHelp() {
    let registry = MetricsRegistry()
    let counter = registry.counter("m", help: "First.")
    #expect(registry.counter("m", help: "Second.") === counter)
    #expect(registry.prometheusText().contains("# HELP m First.\n"))
  }
}
