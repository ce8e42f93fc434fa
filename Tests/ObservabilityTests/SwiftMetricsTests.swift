import CoreMetrics
import Observability
import Testing

@Suite struct SwiftMetricsTests {
  private let registry = MetricsRegistry()

  @Test("a counter is exported, with dots and dashes as underscores, and ignores amounts below zero")
  func counter() {
    let counter = CoreMetrics.Counter(
      label: "http.server-requests", dimensions: [("http.route", "/a.b"), ("status-code", "200")], factory: registry)
    counter.increment(by: 3)
    counter.increment(by: -5)
    #expect(
      registry.samples("http_server_requests") == ["http_server_requests{http_route=\"/a.b\",status_code=\"200\"} 3"])
    counter.reset()
    counter.increment()
    #expect(registry.samples("http_server_requests").first?.hasSuffix("} 1") == true)
  }

  @Test("a name that begins with a digit gets an underscore in front")
  func leadingDigit() {
    CoreMetrics.Counter(label: "4xx.é", factory: registry).increment()
    #expect(registry.samples("_4xx__") == ["_4xx__ 1"])
  }

  @Test("a floating point counter keeps fractions and ignores what is not positive and finite")
  func floatingPointCounter() {
    let counter = FloatingPointCounter(label: "cost", factory: registry)
    for amount in [0.25, 1.5, -1, .nan, .infinity] { counter.increment(by: amount) }
    #expect(registry.samples("cost") == ["cost 1.75"])
    #expect(registry.prometheusText().contains("# TYPE cost counter\n"))
  }

  @Test("a meter is a gauge")
  func meter() {
    let meter = Meter(label: "queue.depth", factory: registry)
    meter.set(10)
    meter.increment(by: 2.5)
    meter.decrement(by: 4.0)
    meter.increment(by: Double.nan)
    #expect(registry.samples("queue_depth") == ["queue_depth 8.5"])
    #expect(registry.prometheusText().contains("# TYPE queue_depth gauge\n"))
  }

  @Test("a recorder that aggregates is a histogram in its own unit, wide enough for bytes")
  func recorder() {
    let recorder = Recorder(label: "body.bytes", factory: registry)
    recorder.record(5_000)
    recorder.record(1e12)
    #expect(registry.samples("body_bytes_bucket").contains("body_bytes_bucket{le=\"1000\"} 0"))
    #expect(registry.samples("body_bytes_bucket").contains("body_bytes_bucket{le=\"10000\"} 1"))
    #expect(registry.samples("body_bytes_sum") == ["body_bytes_sum 1000000005000"])
  }

  @Test("a recorder that does not aggregate is a gauge")
  func lastValue() {
    let recorder = Recorder(label: "level", aggregate: false, factory: registry)
    recorder.record(5)
    recorder.record(2.5)
    #expect(registry.samples("level") == ["level 2.5"])
  }

  @Test("a timer is a histogram in seconds", arguments: ["db.query", "db.query.seconds"])
  func timer(label: String) {
    let timer = Timer(label: label, dimensions: [("table", "t")], factory: registry)
    timer.recordMilliseconds(5)
    timer.recordNanoseconds(1)
    timer.recordNanoseconds(-7)
    #expect(registry.samples("db_query_seconds_bucket").first == "db_query_seconds_bucket{table=\"t\",le=\"0.001\"} 2")
    #expect(registry.samples("db_query_seconds_sum") == ["db_query_seconds_sum{table=\"t\"} 0.005000001"])
    #expect(registry.samples("db_query_seconds_count") == ["db_query_seconds_count{table=\"t\"} 3"])
  }

  @Test("a timer whose name ends in another unit still gets seconds at its end")
  func timerOfOtherUnit() {
    Timer(label: "wait_milliseconds", factory: registry).recordSeconds(2)
    #expect(registry.samples("wait_milliseconds_seconds_sum") == ["wait_milliseconds_seconds_sum 2"])
  }

  @Test("the library and the program share a series of the same kind and labels")
  func sharedSeries() {
    registry.counter("c_total", help: "C.", labels: [("a", "1")]).increment()
    CoreMetrics.Counter(label: "c.total", dimensions: [("a", "1")], factory: registry).increment()
    #expect(registry.samples("c_total") == ["c_total{a=\"1\"} 2"])
  }

  @Test("a destroyed metric keeps its series, so that its total does not start anew")
  func destroy() {
    let counter = CoreMetrics.Counter(label: "c", factory: registry)
    counter.increment(by: 2)
    counter.destroy()
    CoreMetrics.Counter(label: "c", factory: registry).increment()
    #expect(registry.samples("c") == ["c 3"])
  }

  @Test("what does not fit the family of its name is ignored and counted")
  func conflicts() {
    registry.counter("m", help: "M.", labels: [("a", "1")]).increment()
    _ = registry.histogram("m_seconds", help: "M.", buckets: [1])
    let before = registry.samples("m")

    Meter(label: "m", dimensions: [("a", "1")], factory: registry).set(9)
    FloatingPointCounter(label: "m", dimensions: [("a", "1")], factory: registry).increment(by: 9.0)
    CoreMetrics.Counter(label: "m", dimensions: [("b", "1")], factory: registry).increment(by: 9)
    CoreMetrics.Counter(label: "x", dimensions: [("a.b", "1"), ("a-b", "2")], factory: registry).increment(by: 9)
    CoreMetrics.Counter(label: "m.seconds.count", factory: registry).increment(by: 9)
    Recorder(label: "m", dimensions: [("a", "1")], factory: registry).record(9)
    Recorder(label: "sizes", dimensions: [("le", "1")], factory: registry).record(9)
    Recorder(label: "m_seconds", aggregate: false, factory: registry).record(9)
    Timer(label: "m", factory: registry).recordSeconds(9)

    #expect(registry.samples("metrics_conflicts_total") == ["metrics_conflicts_total 9"])
    #expect(registry.samples("m") == before)
    #expect(registry.samples("m_seconds_count") == ["m_seconds_count 0"])
    for name in ["x", "sizes_count"] { #expect(registry.samples(name).isEmpty) }
  }

  @Test("label sets of a library fold past the limit too")
  func cardinalityGuard() {
    let registry = MetricsRegistry(labelSetLimit: 1)
    for uri in ["/a", "/b", "/c"] {
      CoreMetrics.Counter(label: "hits", dimensions: [("uri", uri)], factory: registry).increment()
    }
    #expect(registry.samples("hits") == ["hits{uri=\"/a\"} 1", "hits{uri=\"other\"} 2"])
  }
}
