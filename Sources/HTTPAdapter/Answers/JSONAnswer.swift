import Caching
import HTTPTypes
import Hummingbird

/// Answers that are made for one request and kept by nobody.
enum JSONAnswer {
  /// A JSON answer that is never cached.
  static func response(
    _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) throws -> Response {
    var headers = headers
    headers[.contentType] = "application/json"
    headers[.cacheControl] = "no-store"
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: try CacheCodec.encode(value)))
  }
}
