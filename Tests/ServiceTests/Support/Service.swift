import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestServers
import Testing

/// `tenantry serve` as a process of its own, with the real preset and no Redis.
final class Service: Sendable {
  let port: Int
  private let process: LocalProcess

  /// Starts it; returns when it is ready.
  /// - Parameter settings: its environment, `DATABASE_URL` included.
  init(_ settings: [String: String], _ arguments: [String] = []) async throws {
    port = try FreePort.find()
    let program: URL = try #require(BuiltProgram.find("tenantry"))
    var environment = [
      "ADAPTERS_PRESET": "real", "RATE_LIMIT": "off", "LOG_FORMAT": "json", "CACHE_WARM_ON_STARTUP": "off",
      "PORT": "\(port)", "HOST": "127.0.0.1",
    ]
    environment.merge(settings) { $1 }
    process = try LocalProcess(
      [program.path, "serve"] + arguments, in: try TemporaryFolder("service"), environment: environment)
    try await eventually("the service is ready: \(log.suffix(2000))") { try await isReady() }
  }

  /// What it has logged.
  var log: String { process.output }

  /// Ends it as SIGTERM does; returns when it is gone.
  func terminate() async throws { try await offPool { [process] in process.terminate() } }

  private func isReady() async throws -> Bool {
    try #require(process.isRunning, "tenantry ended: \(log)")
    // Refused until it listens.
    do { return try await call(.get, "/health/ready").status == 200 } catch { return false }
  }

  /// One request on a connection of its own.
  /// - Parameter limit: how long it waits for an answer; then it throws, and its connection is closed.
  func call(
    _ method: HTTPRequest.Method, _ path: String, _ key: Key? = nil, headers: HTTPFields = [:], body: String? = nil,
    within limit: Duration = .seconds(60)
  ) async throws -> Answer {
    var headers = headers
    if let key { headers[key.name] = key.value }
    let request = TestClient.Request(
      path, method: method, authority: "localhost", headers: headers, body: body.map { ByteBuffer(string: $0) })
    return try await TestClient.withClient(host: "127.0.0.1", port: port, configuration: .init(timeout: limit)) {
      let response = try await $0.execute(request)
      return Answer(
        status: response.status.code, text: response.body.map { String(buffer: $0) } ?? "", headers: response.headers)
    }
  }

  /// Books a day of a tenant, which is numbered from one in the far future.
  /// - Parameter key: the idempotency key; a new one unless a request is sent again.
  func book(
    _ day: Int, _ tenant: Key = .willow, key: String = UUID().uuidString, within limit: Duration = .seconds(60)
  ) async throws -> Answer {
    try await call(
      .post, "/api/v1/bookings", tenant, headers: [.idempotency: key],
      body: """
        {"packageSlug": "\(tenant.package)", "date": "\(Self.date(day))",
         "customer": {"name": "Ada", "email": "ada@example.com"}}
        """, within: limit)
  }

  /// A day by its number.
  static func date(_ day: Int) -> String {
    let start = Date(timeIntervalSince1970: 2_019_686_400)
    return start.addingTimeInterval(Double(day) * 86_400).formatted(.iso8601.year().month().day())
  }
}

/// What came back.
struct Answer: Sendable {
  let status: Int
  let text: String
  let headers: HTTPFields

  /// The `code` of a problem.
  var code: String? { text.firstMatch(of: /"code":"([a-z_]+)"/).map { String($0.1) } }
  /// The `id` of a booking.
  var id: String? { text.firstMatch(of: /"id":"([0-9a-f-]{36})"/).map { String($0.1) } }
}

/// A key of a demo tenant.
struct Key: Sendable {
  let name: HTTPField.Name
  let value: String
  var package = ""

  static let willow = Key(
    name: .tenantKey, value: "pk_test_willow_00000000000000000000000000000001", package: "first-light-vows")
  static let harbor = Key(
    name: .tenantKey, value: "pk_test_harbor_00000000000000000000000000000002", package: "skyline-paddle")
  static let willowStaff = Key(
    name: .authorization, value: "Bearer sk_test_willow_00000000000000000000000000000001")
  static let harborStaff = Key(
    name: .authorization, value: "Bearer sk_test_harbor_00000000000000000000000000000002")
}

extension HTTPField.Name {
  static let tenantKey = Self("X-Tenant-Key")!
  static let idempotency = Self("Idempotency-Key")!
  static let replayed = Self("Idempotency-Replayed")!
}
