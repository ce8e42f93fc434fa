import HTTPTypes
import Kernel

/// What every answer gets, whoever made it: its request id, and the fields that let other sites read it.
struct Finisher: Sendable {
  let crossOrigin: CrossOrigin
  let newID: IDGenerator

  /// The caller's request id when it is sane, else a new one.
  func requestID(_ request: HTTPFields) -> String {
    RequestIdentifier.of(request) { newID.uniqueID() }
  }

  /// - Parameter origin: the site that asks, where a browser names it.
  func finish(_ headers: inout HTTPFields, origin: String?, _ requestID: String) {
    headers.append(HTTPField(name: .requestID, value: requestID))
    crossOrigin.vary(&headers)
    crossOrigin.allow(origin, in: &headers)
  }

  /// The same for a request as bytes.
  func requestID(_ bytes: Span<UInt8>, _ request: PlainHead) -> String {
    RequestIdentifier.isSane(bytes, request.requestID)
      ? String(bytes, request.requestID) : newID.uniqueID().description
  }

  /// The same as bytes, for an answer whose head says already what it depends on.
  func finish(_ answer: inout HeadBytes, _ bytes: Span<UInt8>, _ request: PlainHead) {
    answer.append("X-Request-Id: ")
    if RequestIdentifier.isSane(bytes, request.requestID) {
      answer.append(bytes.extracting(request.requestID))
    } else {
      answer.append(newID.uniqueID())
    }
    answer.append("\r\n")
    if !request.origin.isEmpty { crossOrigin.allow(String(bytes, request.origin), in: &answer) }
  }
}
