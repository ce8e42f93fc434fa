/// What a value read at scrape time is.
package enum MetricKind: Sendable {
  /// A total that only grows.
  case counter
  /// A level that goes up and down.
  case gauge
}

/// What the `# TYPE` line of a family says; histograms of other buckets are another type.
enum FamilyType: Equatable, Sendable {
  case counter
  case gauge
  case histogram(HistogramLayout)

  init(_ kind: MetricKind) {
    switch kind {
    case .counter: self = .counter
    case .gauge: self = .gauge
    }
  }

  /// The word for this type in text format 0.0.4.
  var word: String {
    switch self {
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    }
  }
}
