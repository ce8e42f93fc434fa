/// How often keys were asked for lately: a count-min sketch of four rows of 4-bit counters with conservative update,
/// all halved after ten times the capacity of requests (Einziger, Friedman, Manes, ACM TOS 2017, section 3).
struct FrequencySketch {
  private static let seeds: [UInt64] = [
    0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0xD6E8_FEB8_6659_FD93,
  ]

  /// Counters are held in a byte each: this is a simulation of 4-bit ones.
  private var counters: [[UInt8]]
  private let mask: UInt64
  private let period: Int
  private var requests = 0

  init(capacity: Int) {
    var width = 16
    while width < capacity * 2 { width *= 2 }
    mask = UInt64(width - 1)
    period = capacity * 10
    counters = Array(repeating: Array(repeating: 0, count: width), count: Self.seeds.count)
  }

  func estimate(_ key: Int) -> UInt8 {
    var least: UInt8 = 15
    for row in 0..<4 { least = min(least, counters[row][place(key, row)]) }
    return least
  }

  mutating func record(_ key: Int) {
    let least = estimate(key)
    if least < 15 {
      for row in 0..<4 where counters[row][place(key, row)] == least { counters[row][place(key, row)] += 1 }
    }
    requests += 1
    if requests == period { age() }
  }

  private mutating func age() {
    for row in 0..<4 {
      for place in counters[row].indices { counters[row][place] /= 2 }
    }
    requests /= 2
  }

  private func place(_ key: Int, _ row: Int) -> Int {
    var hash = (UInt64(key) &+ 1) &* Self.seeds[row]
    hash ^= hash >> 32
    return Int(hash &* Self.seeds[3 - row] >> 20 & mask)
  }
}
