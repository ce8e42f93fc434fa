import Caching
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Observability
import PortContracts
import Testing
import TokenAdapter

@testable import Bootstrap
@testable import HTTPAdapter

/// The whole API over the in-memory preset with the demo tenants, served on a socket of its own.
///
/// Every answer is held against the OpenAPI document: its route and status must be in it, and it must not name a tenant.
struct Shop: Sendable {
  let client: any TestClientProtocol
  let api: HTTPAPI
  let preset: Preset
  let clock: ManualClock
  let port: Int?
  let readiness: Readiness

  /// Serves a shop while `body` runs. Limits are off unless `settings` turn them on.
  static func open(
    _ settings: [String: String] = [:], _ body: @escaping @Sendable (Shop) async throws -> Void
  ) async throws {
    let settings = try await Settings(
      environment: ["RATE_LIMIT": "off"].merging(settings) { $1 }, isTerminal: false)
    let clock = ManualClock()
    let newID = IDGenerator(clock: clock, random: SystemRandomSource())
    let preset = Preset.mock(settings, Preset.Machine(clock: clock, ticker: clock, newID: newID))
    let loader = SeedLoader(tenants: preset.tenants, services: preset.services, clock: clock, newID: newID)
    for seed in try Seed.all(in: try #require(Self.seeds)) { try await loader.load(seed) }
    let limits = settings.rateLimits
    let readiness = Readiness()
    readiness.becomeReady()
    let metrics = MetricsRegistry()
    CacheMetrics.export(preset.cache, to: metrics)
    let api = HTTPAPI(
      preset.services,
      HTTPAPI.Surroundings(
        limiter: limits.limiter(environment: CacheEnvironment(ticker: clock)), hasHotPath: settings.server.hasHotPath,
        trustedProxies: settings.server.trustedProxies,
        allowedOrigins: settings.server.allowedOrigins, readiness: readiness, metrics: metrics, newID: newID,
        operators: await JWTOperatorTokens(secret: Self.secret, clock: clock), audit: preset.audit,
        cacheCapacity: settings.cache.limits.entries, clock: clock))
    var logger = Logger(label: "shop")
    logger.logLevel = .critical
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let application = try HTTPServer.application(api, settings.server, logger: logger) { port.yield($0) }
    try await application.test(.ahc(settings.server.certificate == nil ? .http : .https)) { client in
      var iterator = ports.makeAsyncIterator()
      try await body(
        Shop(
          client: client, api: api, preset: preset, clock: clock, port: await iterator.next(), readiness: readiness))
    }
  }

  /// What operators' tokens are signed with.
  static let secret = String(repeating: "s", count: 32)

  private static var seeds: URL? {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Seeds/demo")
    return folder.standardized
  }
}

/// Who sends a request.
enum Sender: Sendable {
  case storefront(String)
  case staff(String)
  /// With a token.
  case `operator`(String)
  case nobody

  static let willow = Sender.storefront("willow")
  static let willowStaff = Sender.staff("willow")
  static let harbor = Sender.storefront("harbor")
  static let harborStaff = Sender.staff("harbor")

  var headers: HTTPFields {
    switch self {
    case .storefront(let slug): [.tenantKey: Self.key("pk", slug)]
    case .staff(let slug): [.authorization: "Bearer " + Self.key("sk", slug)]
    case .operator(let token): [.authorization: "Bearer " + token]
    case .nobody: [:]
    }
  }

  static func key(_ kind: String, _ slug: String) -> String {
    "\(kind)_test_\(slug)_\(String(repeating: "0", count: 31))\(slug == "willow" ? 1 : 2)"
  }
}

/// An answer with its body read.
struct Answer: Sendable {
  let status: Int
  let headers: HTTPFields
  let bytes: ByteBuffer

  var text: String { String(buffer: bytes) }

  /// The body as JSON.
  var json: JSONValue {
    get throws { try JSONDecoder().decode(JSONValue.self, from: Data(bytes.readableBytesView)) }
  }

  /// The `code` of a problem.
  var code: String? { try? json["code"].string }

  /// The fields that a problem names.
  var fields: [String] { (try? json["errors"].array.compactMap { $0["field"].string }) ?? [] }
}

extension JSONValue {
  subscript(name: String) -> JSONValue {
    if case .object(let members) = self { members[name] ?? .null } else { .null }
  }

  subscript(index: Int) -> JSONValue {
    if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { .null }
  }

  var string: String? { if case .string(let text) = self { text } else { nil } }
  var integer: Int? { if case .integer(let number) = self { number } else { nil } }
  var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  var array: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
}
