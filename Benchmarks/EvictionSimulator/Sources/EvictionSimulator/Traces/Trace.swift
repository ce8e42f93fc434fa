/// A sequence of requests for keys from 0, the same on every run.
struct Trace {
  static let keyCount = 100_000
  static let requestCount = 1_000_000

  let name: String
  /// How many keys there are.
  let keys: Int
  let requests: [Int32]

  /// Every trace. Only the loop depends on the size of the cache, given as a part of the keys.
  static func all(capacityOf size: Double, seed: UInt64) -> [Trace] {
    let exponents = [0.7, 0.9, 1.1]
    return exponents.map { zipf($0, seed: seed) } + exponents.map { zipfWithScans($0, seed: seed) }
      + [
        loop(capacityOf: size), otherLoops(capacityOf: size), shifting(seed: seed),
        drifting(seed: seed), tenants(seed: seed),
      ]
  }
}

extension Trace {
  /// Independent requests with fixed popularities.
  static func zipf(_ exponent: Double, seed: UInt64) -> Trace {
    generate("Zipf \(exponent)", seed: seed &+ 1, exponent: exponent) { rank, _, _ in rank }
  }

  /// The same, while walks over all keys in order go on: bursts of 10,000 requests, every second of which belongs to
  /// the walk, then 5,000 without. A third of all requests are of walks.
  static func zipfWithScans(_ exponent: Double, seed: UInt64) -> Trace {
    var walked = 0
    return generate("Zipf \(exponent) + scans", seed: seed &+ 2, exponent: exponent) { rank, position, _ in
      guard position % 15_000 < 10_000, position.isMultiple(of: 2) else { return rank }
      walked += 1
      return scattered(walked % keyCount)
    }
  }

  /// Round and round over a tenth more keys than the cache holds.
  static func loop(capacityOf size: Double) -> Trace {
    let length = Int(Double(keyCount) * size * 1.1)
    return Trace(name: "loop of 1.1 × cache", keys: keyCount, requests: (0..<requestCount).map { Int32($0 % length) })
  }

  /// Round and round over nine tenths of what the cache holds; every 200,000 requests over others.
  static func otherLoops(capacityOf size: Double) -> Trace {
    let length = Int(Double(keyCount) * size * 0.9)
    let requests = (0..<requestCount).map { Int32(($0 / 200_000 * length + $0 % length) % keyCount) }
    return Trace(name: "other loops of 0.9 × cache", keys: keyCount, requests: requests)
  }

  /// Every 50,000 requests all popularities are dealt anew to a different fortieth of the keys on.
  static func shifting(seed: UInt64) -> Trace {
    generate("shifting: all at once", seed: seed &+ 3, exponent: 0.9) { rank, position, _ in
      (rank + position / 50_000 * (keyCount / 40)) % keyCount
    }
  }

  /// Every 100 requests the most popular key falls to the end and all others rise by a rank.
  static func drifting(seed: UInt64) -> Trace {
    generate("shifting: little by little", seed: seed &+ 4, exponent: 0.9) { rank, position, _ in
      (rank + position / 100) % keyCount
    }
  }

  /// 1,000 tenants: both how many keys they have and how much they are used follow Zipf 0.9; within a tenant, Zipf 0.9.
  static func tenants(seed: UInt64) -> Trace {
    let count = 1000
    let weights = (1...count).map { 1 / Double($0) }
    let total = weights.reduce(0, +)
    let sizes = weights.map { max(10, Int(Double(keyCount) * 0.93 * $0 / total)) }
    let starts = sizes.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    var samplers: [Int: ZipfSampler] = [:]
    return generate("1,000 tenants", seed: seed &+ 5, exponent: 0.9, ranks: count) { tenant, _, random in
      let sampler = samplers[tenant] ?? ZipfSampler(count: sizes[tenant], exponent: 0.9)
      samplers[tenant] = sampler
      return starts[tenant] + sampler.next(&random)
    }
  }

  private static func generate(
    _ name: String, seed: UInt64, exponent: Double, ranks: Int = keyCount,
    key: (_ rank: Int, _ position: Int, inout SplitMix64) -> Int
  ) -> Trace {
    var random = SplitMix64(seed: seed)
    let sampler = ZipfSampler(count: ranks, exponent: exponent)
    let requests = (0..<requestCount).map { position in
      Int32(key(sampler.next(&random), position, &random))
    }
    return Trace(name: name, keys: keyCount, requests: requests)
  }

  /// The key at a place of the walk: not in the order of popularity. The factor has no divisor in common with the count.
  private static func scattered(_ place: Int) -> Int { place * 61_803 % keyCount }
}
