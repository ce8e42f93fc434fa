import Observability
import Testing

@Suite struct HistogramTests {
  private let registry = MetricsRegistry()

  private func histogram() -> Histogram { registry.histogram("h", help: "H.", buckets: [1, 2, 4]) }

  @Test(
    "a value counts in the first bucket whose bound it does not exceed",
    arguments: [
      (-5, [1, 1, 1, 1]), (1, [1, 1, 1, 1]), (1.0.nextUp, [0, 1, 1, 1]), (2, [0, 1, 1, 1]), (4, [0, 0, 1, 1]),
      (4.0.nextUp, [0, 0, 0, 1]),
    ] as [(Double, [Int])])
  func edges(value: Double, cumulative: [Int]) {
    histogram().observe(value)
    let expected = zip(["1", "2", "4", "+Inf"], cumulative).map { "h_bucket{le=\"\($0)\"} \($1)" }
    #expect(registry.samples("h_bucket") == expected)
    #expect(registry.samples("h_count") == ["h_count 1"])
  }

  @Test("the sum adds up in nanounits, without the drift of binary fractions")
  func sum() {
    let histogram = histogram()
    for _ in 0..<10 { histogram.observe(0.1) }
    histogram.observe(1e-9)
    #expect(registry.samples("h_sum") == ["h_sum 1.000000001"])
  }

  @Test(
    "values that the sum cannot hold are dropped",
    arguments: [.nan, .infinity, -.infinity, 1e10, -1e10] as [Double])
  func unusable(value: Double) {
    let histogram = histogram()
    histogram.observe(value)
    histogram.observe(3)
    #expect(registry.samples("h_sum") == ["h_sum 3"])
    #expect(registry.samples("h_count") == ["h_count 1"])
  }

  @Test("observations from many tasks are all counted")
  func concurrentObservations() async {
    let histogram = histogram()
    await contend { histogram.observe(Double($0)) }
    #expect(
      registry.samples("h_bucket") == [
        "h_bucket{le=\"1\"} 20000", "h_bucket{le=\"2\"} 30000", "h_bucket{le=\"4\"} 50000",
        "h_bucket{le=\"+Inf\"} 80000",
      ])
    #expect(registry.samples("h_sum") == ["h_sum 280000"])
  }
}
