import HTTPTypes
import Kernel
import NIOCore

/// What every answer gets, whoever made it: its request id, and the fields that let other sites read it.
struct Finisher: Sendable {
  let crossOrigin: CrossOrigin
  let newID: IDGenerator

  /// The caller's request id when it is sane, else a new one.
  func requestID(_ request: HTTPFields) -> String {
    RequestIdentifier.of(request) { newID.uniqueID() }
  }

  func finish(_ headers: inout HTTPFields, _ request: HTTPFields, _ requestID: String) {
    headers.append(HTTPField(name: .requestID, value: requestID))
    crossOrigin.vary(&headers)
    crossOrigin.allow(request[.origin], in: &headers)
  }

  /// The same as bytes, for an answer whose head says already what it depends on.
  func finish(_ answer: inout ByteBuffer, _ bytes: Span<UInt8>, _ request: PlainHead) {
    answer.writeStaticString("X-Request-Id: ")
    if let given = RequestIdentifier.of(bytes, request.requestID) {
      answer.writeString(given)
    } else {
      answer.writeString(newID.uniqueID().description)
    }
    answer.writeStaticString("\r\n")
    if !request.origin.isEmpty { crossOrigin.allow(String(bytes, request.origin), in: &answer) }
  }
}
