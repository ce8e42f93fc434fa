import HTTPTypes
import NIOCore
import Testing

@testable import Bootstrap
@testable import HTTPAdapter

@Suite("Hits on the event loop")
struct HotPathTests {
  static let requests: [(path: String, headers: HTTPFields)] = [
    ("/packages", [:]), ("/api/v1/packages", [.acceptEncoding: "gzip"]), ("/packages?limit=3", [:]),
    ("/packages?segment=coast&sort=-price", [:]), ("/packages/first-light-vows", [.requestID: "mine"]),
    ("/api/v1/segments", [:]), ("/api/v1/segments/coast", [:]), ("/api/v1/segments/coast/packages", [:]),
    ("/api/v1/add-ons", [.acceptEncoding: "br;q=1, gzip;q=0.5"]), ("/api/v1/venues?city=Philo", [:]),
    ("/packages", [.ifNoneMatch: "*"]), ("/packages", [.ifNoneMatch: "*", .acceptEncoding: "gzip"]),
    ("/packages", [.origin: "https://willow.example"]), ("/packages?limit=0", [:]), ("/packages/nowhere", [:]),
    ("/packages?limit=7", [.authorization: "Basic eA=="]), ("/packages?q=sea", [:]), ("/segments", [:]),
    ("/packages//", [:]), ("/api/v1/packages/", [:]),
  ]

  /// One shop's answers to all requests, each asked twice so that the second may be a hit.
  private func answers(_ switchedTo: String, _ method: HTTPRequest.Method) async throws -> [String] {
    let settings = [
      "HTTP_HOT_PATH": switchedTo, "RATE_LIMIT": "on", "RATE_LIMIT_CLIENT_PER_MINUTE": "1000",
      "CORS_ALLOWED_ORIGINS": "https://willow.example",
    ]
    let (stream, results) = AsyncStream.makeStream(of: [String].self)
    try await Shop.open(settings) { (shop: Shop) async throws in
      var answers: [String] = []
      for request in Self.requests + Self.requests {
        let answer = try await shop.send(method, request.path, as: .willow, request.headers)
        answers.append(Self.normalised(answer, "\(method) \(request.path)"))
      }
      results.yield(answers)
      results.finish()
    }
    return await stream.first { _ in true } ?? []
  }

  /// The answer without what differs between any two requests: times and identifiers made up on the way.
  private static func normalised(_ answer: Answer, _ request: String) -> String {
    let fields = answer.headers.filter { ![.date, .requestID, .eTag].contains($0.name) || $0.value == "mine" }
      .map { "\($0.name.canonicalName): \($0.value)" }.sorted()
    let names = answer.headers.map(\.name.canonicalName).sorted()
    let body =
      answer.headers[.contentEncoding] == nil && answer.status == 200 ? "" : answer.headers[.contentEncoding] ?? ""
    let length = answer.headers[.contentEncoding] == nil ? "\(answer.bytes.readableBytes)" : "compressed"
    return "\(request) \(answer.status) \(names) \(fields.filter { !$0.hasPrefix("content-length") }) \(length) \(body)"
  }

  @Test(
    "They are the same as through the router: status, fields and length", arguments: [HTTPRequest.Method.get, .head])
  func sameBothWays(_ method: HTTPRequest.Method) async throws {
    let hot = try await answers("on", method)
    let routed = try await answers("off", method)
    #expect(hot.count == Self.requests.count * 2)
    for (hot, routed) in zip(hot, routed) { #expect(hot == routed) }
  }

  @Test("One shop gives the same bytes both ways, and both count as the same route")
  func sameBytes() async throws {
    try await Shop.open { (shop: Shop) async throws in
      for coding in ["identity", "gzip"] {
        let headers: HTTPFields = [.acceptEncoding: coding]
        let first = try await shop.get("/packages", as: .willow, headers)
        let hit = try await shop.get("/packages", as: .willow, headers)
        // A body, even an empty one that is declared, keeps a request from the event loop.
        let routed = try await shop.get("/packages", as: .willow, headers + [.contentLength: "0"])
        #expect(first.bytes == hit.bytes && hit.bytes == routed.bytes)
        #expect(first.headers[.eTag] == hit.headers[.eTag] && hit.headers[.eTag] == routed.headers[.eTag])
        #expect(hit.headers[.date] != nil)
      }
      let count = #"http_response_status_code="200",http_route="/api/v1/packages"} 6"#
      #expect(try await shop.get("/metrics", as: .nobody).text.contains(count))
    }
  }

  @Test("A hit of a list sends the cached bytes themselves, not a copy")
  func noCopy() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let directory = shop.preset.services.directory
      let holder = try await directory.holder(ofKey: Sender.key("pk", "willow"))
      let entry = try await shop.preset.services.catalog.answer(holder.tenant.id, .packages(.init()))
      for headers: HTTPFields in [[:], [.acceptEncoding: "gzip"]] {
        let body = try #require(EntityAnswer.reply(entry, headers, .catalog).body)
        let cached = headers.isEmpty ? entry.body : try #require(entry.gzip)
        let address = body.withUnsafeReadableBytes { $0.baseAddress }
        #expect(address == cached.withUnsafeReadableBytes { $0.baseAddress })
      }
    }
  }
}
