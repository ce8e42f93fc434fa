import Observability
import Synchronization
import Testing

@Suite struct MetricsRegistryTests {
  private let registry = MetricsRegistry(labelSetLimit: 3)

  @Test("the same name and labels give the same object, whatever the order of the labels")
  func sameHandle() {
    let labels = [("a", "1"), ("b", "2")]
    let counter = registry.counter("c_total", help: "C.", labels: labels)
    #expect(registry.counter("c_total", help: "C.", labels: labels) === counter)
    #expect(registry.counter("c_total", help: "C.", labels: labels.reversed()) === counter)
    let gauge = registry.gauge("g", help: "G.", labels: labels)
    #expect(registry.gauge("g", help: "G.", labels: labels.reversed()) === gauge)
    let histogram = registry.histogram("h", help: "H.", labels: labels, buckets: [1])
    #expect(registry.histogram("h", help: "H.", labels: labels.reversed(), buckets: [1]) === histogram)
  }

  @Test("tasks that ask for the same name and labels at once get the same object")
  func sameHandleAtOnce() async {
    let registry = MetricsRegistry()
    await contend { _ in registry.counter("c_total", help: "C.", labels: [("k", "v")]).increment() }
    #expect(registry.samples("c_total") == ["c_total{k=\"v\"} 80000"])
  }

  @Test("other label values or another name give another object")
  func otherHandle() {
    let counter = registry.counter("c_total", help: "C.", labels: [("a", "1")])
    #expect(registry.counter("c_total", help: "C.", labels: [("a", "2")]) !== counter)
    #expect(registry.counter("d_total", help: "D.", labels: [("a", "1")]) !== counter)
  }

  @Test("label values that differ only in what escaping adds stay apart")
  func escapedValuesStayApart() {
    let lineFeed = registry.counter("c_total", help: "C.", labels: [("a", "\n")])
    #expect(registry.counter("c_total", help: "C.", labels: [("a", "\\n")]) !== lineFeed)
  }

  @Test("past the limit, further label sets fold into one, and earlier ones keep their own")
  func cardinalityGuard() {
    for tenant in ["a", "b", "c", "d", "e", "a"] {
      registry.counter("c_total", help: "C.", labels: [("tenant", tenant), ("zone", "z")]).increment()
    }
    #expect(
      registry.samples("c_total") == [
        "c_total{tenant=\"a\",zone=\"z\"} 2", "c_total{tenant=\"b\",zone=\"z\"} 1",
        "c_total{tenant=\"c\",zone=\"z\"} 1", "c_total{tenant=\"other\",zone=\"other\"} 2",
      ])
  }

  @Test("a family holds 2,000 label sets unless told otherwise, and the folded one")
  func defaultLimit() {
    let registry = MetricsRegistry()
    for index in 0..<2_005 { registry.counter("c_total", help: "C.", labels: [("i", "\(index)")]).increment() }
    let samples = registry.samples("c_total")
    #expect(samples.count == 2_001)
    #expect(samples.contains("c_total{i=\"1999\"} 1"))
    #expect(samples.contains("c_total{i=\"other\"} 5"))
  }

  @Test("a reader is called once at each scrape")
  func collectedAnew() {
    let calls = Atomic(0)
    registry.onCollect("calls_total", help: "Calls.", kind: .counter) {
      [([], Double(calls.add(1, ordering: .relaxed).newValue))]
    }
    #expect(registry.samples("calls_total") == ["calls_total 1"])
    #expect(registry.samples("calls_total") == ["calls_total 2"])
  }

  @Test("a reader may use the registry", .timeLimit(.minutes(1)))
  func readerUsesRegistry() {
    registry.onCollect("nested", help: "Nested.", kind: .gauge) { [registry] in
      registry.counter("inner_total", help: "Inner.").increment()
      return []
    }
    _ = registry.prometheusText()
    #expect(registry.samples("inner_total") == ["inner_total 1"])
  }

  @Test("values of one label set add up over all readers of a name, and fold past the limit")
  func readersAddUp() {
    for offset in 0..<2 {
      registry.onCollect("size", help: "Size.", kind: .gauge) {
        (offset..<offset + 4).map { ([("shard", "\($0)")], 1) }
      }
    }
    #expect(
      registry.samples("size") == [
        "size{shard=\"0\"} 1", "size{shard=\"1\"} 2", "size{shard=\"2\"} 2", "size{shard=\"other\"} 3",
      ])
  }

  @Test("a row whose labels do not fit the first row's is left out and counted")
  func misfitRow() {
    registry.onCollect("size", help: "Size.", kind: .gauge) {
      [([("shard", "1")], 1), ([("node", "1")], 2), ([("shard", "2"), ("shard", "2")], 3)]
    }
    #expect(registry.samples("size") == ["size{shard=\"1\"} 1"])
    #expect(registry.samples("metrics_conflicts_total") == ["metrics_conflicts_total 2"])
  }
}
