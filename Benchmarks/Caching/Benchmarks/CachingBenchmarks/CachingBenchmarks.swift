import Benchmark

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput], warmupIterations: 10, scalingFactor: .kilo, maxDuration: .seconds(3),
    maxIterations: 20_000)
  hits()
  keys()
  envelopes()
  flights()
  invalidations()
}
