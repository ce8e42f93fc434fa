import Observability
import Testing

@Suite struct GaugeTests {
  @Test("setting replaces the level, adding moves it up and down")
  func setAndAdd() {
    let registry = MetricsRegistry()
    let gauge = registry.gauge("g", help: "G.")
    gauge.add(100)
    gauge.set(2)
    gauge.add(1.5)
    gauge.add(-3)
    #expect(registry.samples("g") == ["g 0.5"])
  }

  @Test("additions from many tasks are all kept")
  func concurrentAdditions() async {
    let registry = MetricsRegistry()
    let gauge = registry.gauge("g", help: "G.")
    await contend { _ in gauge.add(0.5) }
    #expect(registry.samples("g") == ["g 40000"])
  }
}
