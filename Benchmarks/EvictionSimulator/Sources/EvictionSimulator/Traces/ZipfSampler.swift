import Foundation

/// Ranks from 0, rank r with a probability proportional to 1 / (r + 1)^exponent.
struct ZipfSampler {
  private let cumulative: [Double]

  init(count: Int, exponent: Double) {
    var sum = 0.0
    cumulative = (1...count).map { rank in
      sum += pow(Double(rank), -exponent)
      return sum
    }
  }

  /// One rank, by binary search in the cumulative weights.
  func next(_ random: inout SplitMix64) -> Int {
    let point = Double.random(in: 0..<cumulative[cumulative.count - 1], using: &random)
    var low = 0
    var high = cumulative.count - 1
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > point { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
