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

  func finish(_ headers: inout HTTPFields, _ request: HTTPFields, _ requestID: String) {
    headers.append(HTTPField(name: .requestID, value: requestID))
    crossOrigin.allow(request, in: &headers)
  }
}
