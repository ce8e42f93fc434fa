import HTTPTypes
import Logging

extension Problem {
  /// Tells the log of an answer that is the server's fault.
  /// - Parameter traceParent: the field of the request.
  func log(
    to logger: Logger, _ method: HTTPRequest.Method, route: String, requestID: String, traceParent: String?
  ) {
    guard status.code >= 500 else { return }
    var logger = logger
    // Made for those alone that need it: most requests log nothing.
    logger[metadataKey: "request.id"] = .string(requestID)
    if let trace = traceParent.flatMap(TraceParent.traceID) { logger[metadataKey: "trace.id"] = .string(trace) }
    logger.error(
      "request failed",
      metadata: [
        "http.request.method": .string(method.rawValue),
        "http.route": .string(route),
        "http.response.status_code": .stringConvertible(status.code),
        "error": .string(String(describing: underlying)),
      ])
  }
}
