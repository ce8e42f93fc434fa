import Observability
import Testing

@Suite struct PrometheusTextTests {
  @Test("families come by name, samples by label text, each family under its help and type")
  func golden() {
    let registry = MetricsRegistry()
    let latency = registry.histogram(
      "request_seconds", help: "Time to answer.", labels: [("route", "/a")], buckets: [0.1, 0.5, 1])
    registry.counter("hits_total", help: "Hits.", labels: [("tenant", "b"), ("level", "L2")]).increment(by: 7)
    registry.counter("hits_total", help: "Hits.", labels: [("tenant", "a"), ("level", "L2")]).increment()
    registry.counter("hits_total", help: "Hits.", labels: [("tenant", "z"), ("level", "L1")]).increment(by: 2)
    registry.gauge("load", help: "Load.").set(0.25)
    registry.onCollect("pool_size", help: "Connections.", kind: .gauge) {
      [([("pool", "main")], 4), ([("pool", "bulk")], 1.5)]
    }
    for value in [0.05, 0.2, 0.2, 3] { latency.observe(value) }

    #expect(
      registry.prometheusText() == """
        # HELP hits_total Hits.
        # TYPE hits_total counter
        hits_total{level="L1",tenant="z"} 2
        hits_total{level="L2",tenant="a"} 1
        hits_total{level="L2",tenant="b"} 7
        # HELP load Load.
        # TYPE load gauge
        load 0.25
        # HELP metrics_conflicts_total Metrics ignored because they do not fit the family of their name.
        # TYPE metrics_conflicts_total counter
        metrics_conflicts_total 0
        # HELP pool_size Connections.
        # TYPE pool_size gauge
        pool_size{pool="bulk"} 1.5
        pool_size{pool="main"} 4
        # HELP request_seconds Time to answer.
        # TYPE request_seconds histogram
        request_seconds_bucket{route="/a",le="0.1"} 1
        request_seconds_bucket{route="/a",le="0.5"} 3
        request_seconds_bucket{route="/a",le="1"} 3
        request_seconds_bucket{route="/a",le="+Inf"} 4
        request_seconds_sum{route="/a"} 3.45
        request_seconds_count{route="/a"} 4

        """)
  }

  @Test("in a label value, backslash, quote and line feed are escaped, also after a carriage return")
  func labelEscaping() {
    let registry = MetricsRegistry()
    registry.counter("c_total", help: "C.", labels: [("path", "a\\b \"c\"\nd\r\ne")]).increment()
    #expect(registry.prometheusText().contains("c_total{path=\"a\\\\b \\\"c\\\"\\nd\r\\ne\"} 1\n"))
  }

  @Test("in a help text, backslash and line feed are escaped and quotes are not")
  func helpEscaping() {
    let registry = MetricsRegistry()
    _ = registry.counter("c_total", help: "a\\b \"c\"\nd")
    #expect(registry.prometheusText().hasPrefix("# HELP c_total a\\\\b \"c\"\\nd\n# TYPE c_total counter\n"))
  }

  @Test(
    "a number is spelled as the format says, whole ones without a fraction",
    arguments: [
      (0, "0"), (-0.0, "0"), (3, "3"), (-2, "-2"), (0.1, "0.1"), (1e9, "1000000000"), (1e-7, "1e-07"),
      (0x1p53, "9007199254740992"), (1e17, "1e+17"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ] as [(Double, String)])
  func numbers(value: Double, text: String) {
    let registry = MetricsRegistry()
    registry.gauge("g", help: "G.").set(value)
    #expect(registry.samples("g") == ["g \(text)"])
  }
}
