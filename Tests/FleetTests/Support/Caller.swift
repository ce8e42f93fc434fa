import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore

/// One client of one instance: a connection that is kept, and made anew when it is lost.
actor Caller {
  /// What came back.
  struct Answer: Sendable {
    let status: Int
    let body: ByteBuffer
    let headers: HTTPFields
    let began: ContinuousClock.Instant
    let ended: ContinuousClock.Instant

    var took: Duration { ended - began }
    var text: String { String(buffer: body) }
  }

  private let port: Int
  private let limit: Duration
  private var client: TestClient?

  /// - Parameter limit: how long it waits for an answer.
  init(_ instance: Instance, limit: Duration = .seconds(15)) {
    port = instance.port
    self.limit = limit
  }

  /// A read of a storefront of the tenant `willow`.
  func get(_ path: String, headers: HTTPFields = Key.storefront) async throws -> Answer {
    try await call(TestClient.Request(path, method: .get, authority: "localhost", headers: headers))
  }

  /// A write of its staff.
  func send(_ method: HTTPRequest.Method, _ path: String, _ body: String) async throws -> Answer {
    try await call(
      TestClient.Request(
        path, method: method, authority: "localhost", headers: Key.staff, body: ByteBuffer(string: body)))
  }

  /// Books a date for a customer of the storefront.
  func book(_ body: String) async throws -> Answer {
    var headers = Key.storefront
    headers[Key.idempotency] = "\"\(UInt64.random(in: .min ... .max))\""
    return try await call(
      TestClient.Request(
        "/api/v1/bookings", method: .post, authority: "localhost", headers: headers, body: ByteBuffer(string: body)))
  }

  func call(_ request: TestClient.Request) async throws -> Answer {
    let client = self.client ?? connect()
    let began = ContinuousClock.now
    do {
      let response = try await client.execute(request)
      return Answer(
        status: response.status.code, body: response.body ?? ByteBuffer(), headers: response.headers, began: began,
        ended: .now)
    } catch {
      await close()
      throw error
    }
  }

  func close() async {
    // It may be closed by the other side already.
    try? await client?.shutdown()
    client = nil
  }

  private func connect() -> TestClient {
    let client = TestClient(host: "127.0.0.1", port: port, configuration: .init(timeout: limit))
    client.connect()
    self.client = client
    return client
  }
}

/// The demo tenants' keys.
enum Key {
  static let storefront: HTTPFields = [name: "pk_test_willow_00000000000000000000000000000001"]
  static let staff: HTTPFields = [.authorization: "Bearer sk_test_willow_00000000000000000000000000000001"]

  static let idempotency = HTTPField.Name("Idempotency-Key")!

  private static let name = HTTPField.Name("X-Tenant-Key")!
}
