import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import HTTPAdapter

extension Shop {
  /// Sends a request and checks what holds for every answer.
  func send(
    _ method: HTTPRequest.Method, _ path: String, as sender: Sender = .nobody, _ more: HTTPFields = [:],
    body: ByteBuffer? = nil, location: SourceLocation = #_sourceLocation
  ) async throws -> Answer {
    let headers = sender.headers + more
    let response = try await client.execute(uri: path, method: method, headers: headers, body: body)
    let answer = Answer(status: response.status.code, headers: response.headers, bytes: response.body)
    try Conformance.check(answer, method, path, location)
    return answer
  }

  func get(
    _ path: String, as sender: Sender = .willow, _ more: HTTPFields = [:], location: SourceLocation = #_sourceLocation
  ) async throws -> Answer {
    try await send(.get, path, as: sender, more, location: location)
  }

  func post(
    _ path: String, _ body: String, as sender: Sender, _ more: HTTPFields = [:],
    location: SourceLocation = #_sourceLocation
  ) async throws -> Answer {
    try await send(.post, path, as: sender, more, body: ByteBuffer(string: body), location: location)
  }

  func patch(
    _ path: String, _ body: String, as sender: Sender, _ more: HTTPFields = [:],
    location: SourceLocation = #_sourceLocation
  ) async throws -> Answer {
    try await send(.patch, path, as: sender, more, body: ByteBuffer(string: body), location: location)
  }

  func delete(
    _ path: String, as sender: Sender, _ more: HTTPFields = [:], location: SourceLocation = #_sourceLocation
  ) async throws -> Answer {
    try await send(.delete, path, as: sender, more, location: location)
  }

  /// Books a package of willow's, with a key that is new unless one is given.
  func book(
    _ date: String, package: String = "first-light-vows", key: String = UUID().uuidString, extra: String = "",
    as sender: Sender = .willow
  ) async throws -> Answer {
    try await post(
      "/api/v1/bookings",
      #"{"packageSlug":"\#(package)","date":"\#(date)","customer":{"name":"Ada","email":"ada@example.com"}\#(extra)}"#,
      as: sender, [.idempotencyKey: key])
  }
}

extension HTTPFields {
  static func + (left: HTTPFields, right: HTTPFields) -> HTTPFields {
    right.reduce(into: left) { $0[$1.name] = $1.value }
  }
}

/// What every answer keeps to.
enum Conformance {
  static let document: JSONValue = {
    let bytes = OpenAPIDocument.bytes(of: Endpoint.all)
    return (try? JSONDecoder().decode(JSONValue.self, from: Data(bytes.readableBytesView))) ?? .null
  }()

  static func check(
    _ answer: Answer, _ method: HTTPRequest.Method, _ path: String, _ location: SourceLocation
  ) throws {
    #expect(answer.headers[.requestID] != nil, "every answer has a request id", sourceLocation: location)
    #expect(!answer.text.lowercased().contains("tenantid"), "no answer names a tenant", sourceLocation: location)
    if answer.status >= 400 {
      #expect(
        answer.headers[.contentType] == "application/problem+json" || path.hasPrefix("/health"),
        "\(method) \(path) answers \(answer.status) as a problem", sourceLocation: location)
      if !path.hasPrefix("/health"), method != .head {
        #expect(try answer.json["status"].integer == answer.status, sourceLocation: location)
        #expect(try answer.json["requestId"].string == answer.headers[.requestID], sourceLocation: location)
      }
    }
    guard let template = template(of: path, method) else { return }
    let statuses = document["paths"][template][method == .head ? "get" : method.rawValue.lowercased()]["responses"]
    #expect(
      statuses[String(answer.status)] != .null,
      "\(method) \(template) answers \(answer.status), which is not in the document", sourceLocation: location)
  }

  /// The template a path is served under; nil when no route has it.
  private static func template(of path: String, _ method: HTTPRequest.Method) -> String? {
    let parts = path.prefix { $0 != "?" }.split(separator: "/")
    let method = method == .head ? .get : method
    return Endpoint.all.filter { $0.method == method }.flatMap(\.templates).first { template in
      let expected = template.split(separator: "/")
      return expected.count == parts.count && zip(expected, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
  }
}
