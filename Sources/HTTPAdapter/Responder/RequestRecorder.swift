import HTTPTypes
import Kernel
package import Observability
import Synchronization

/// Counts and times requests by route, method and status, under the names of OpenTelemetry's semantic conventions.
package final class RequestRecorder: Sendable {
  /// The route of requests that match none.
  static let unmatched = "unmatched"

  private struct Series: Hashable {
    let route: String
    let method: String
    let status: Int
  }

  /// Upper edges in seconds: those of the conventions, and finer ones for hits.
  private static let buckets = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  private static let methods: Set = ["GET", "HEAD", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"]

  private let registry: MetricsRegistry
  private let series = Mutex<[Series: Histogram]>([:])

  package init(registry: MetricsRegistry) { self.registry = registry }

  /// Records a request that took from `start` to `end`, in ticks.
  func record(
    _ route: String, _ method: HTTPRequest.Method, _ status: HTTPResponse.Status, from start: UInt64, to end: UInt64
  ) {
    record(in: histogram(route, method.rawValue, status.code), from: start, to: end)
  }

  /// Records a request in a histogram that has been asked for already.
  func record(in histogram: Histogram, from start: UInt64, to end: UInt64) {
    histogram.observe(Double(end &- start) / 1e9)
  }

  /// The histogram of a route, method and status: the same one each time.
  func histogram(_ route: String, _ method: String, _ status: Int) -> Histogram {
    let method = Self.methods.contains(method) ? method : "_OTHER"
    let key = Series(route: route, method: method, status: status)
    return series.withLock { series in
      if let histogram = series[key] { return histogram }
      let histogram = registry.histogram(
        "http_server_request_duration_seconds", help: "Duration of HTTP requests by route, method and status.",
        labels: [
          ("http_route", route), ("http_request_method", method), ("http_response_status_code", String(status)),
        ], buckets: Self.buckets)
      series[key] = histogram
      return histogram
    }
  }
}
