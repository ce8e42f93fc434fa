/// Why a metric cannot be registered: a malformed name, or a family of that name that is something else.
struct MetricConflict: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
