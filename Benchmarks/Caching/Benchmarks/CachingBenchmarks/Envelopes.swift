import Benchmark
import Caching
import NIOCore
import Workload

/// What goes to the shared store and comes from it.
func envelopes() {
  for (name, bytes, isCompressed) in [("1 KB", 1024, false), ("12 KB", 12_288, false), ("12 KB gzip", 12_288, true)] {
    let probe = EnvelopeProbe(of: SampleText.body(bytes), isCompressed: isCompressed)
    let encoded = probe.encoded()
    Benchmark("envelope encode, \(name)") { benchmark in
      for _ in benchmark.scaledIterations { blackHole(probe.encoded()) }
    }
    Benchmark("envelope decode, \(name)") { benchmark in
      for _ in benchmark.scaledIterations { blackHole(probe.decode(encoded)) }
    }
  }
}
