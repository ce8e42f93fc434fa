import Observability

extension MetricsRegistry {
  /// The sample lines of the exposition whose metric name is exactly `name`, in their order.
  func samples(_ name: String) -> [String] {
    prometheusText().split(separator: "\n").map(String.init).filter {
      $0.hasPrefix(name + " ") || $0.hasPrefix(name + "{")
    }
  }
}
