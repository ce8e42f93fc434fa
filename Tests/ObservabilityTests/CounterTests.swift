import Observability
import Testing

@Suite struct CounterTests {
  @Test("increments from many tasks are all counted")
  func concurrentIncrements() async {
    let registry = MetricsRegistry()
    let counter = registry.counter("c_total", help: "C.", labels: [("k", "v")])
    await contend { _ in counter.increment() }
    #expect(registry.samples("c_total") == ["c_total{k=\"v\"} 80000"])
  }

  @Test("an amount below zero stops the process")
  func negativeAmount() async {
    await #expect(processExitsWith: .failure) {
      MetricsRegistry().counter("c_total", help: "C.").increment(by: -1)
    }
  }
}
