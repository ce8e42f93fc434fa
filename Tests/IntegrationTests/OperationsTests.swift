import HTTPTypes
import HummingbirdTesting
import Testing

@testable import HTTPAdapter

@Suite("What operators ask")
struct OperationsTests {
  @Test("Health tells of the cache with the contract's members")
  func health() async throws {
    try await Shop.open { (shop: Shop) async throws in
      for _ in 0..<9 { _ = try await shop.get("/packages") }
      let health = try await shop.get("/health", as: .nobody).json
      #expect(health["status"].string == "healthy")
      #expect(health["cache"]["connected"].bool == true)
      let cache = try await shop.get("/health/cache", as: .nobody).json
      for name in ["hits", "misses", "keys", "totalRequests"] { #expect((cache[name].integer ?? 0) > 0, "\(name)") }
      #expect(cache["totalRequests"].integer == (cache["hits"].integer ?? 0) + (cache["misses"].integer ?? 0))
      #expect(cache["hitRate"].string?.hasSuffix("%") == true)
      #expect(cache["efficiency"].string == "optimal")
      #expect(try await shop.get("/health/live", as: .nobody).status == 200)
      #expect(try await shop.get("/health/ready", as: .nobody).json["status"].string == "ready")
      #expect(try await shop.get("/api/status", as: .nobody).json["status"].string == "ok")
    }
  }

  @Test("Metrics count requests by route template, and the cache; nobody but this machine may read them")
  func metrics() async throws {
    try await Shop.open { (shop: Shop) async throws in
      for slug in ["first-light-vows", "cathedral-grove", "nowhere"] { _ = try await shop.get("/packages/" + slug) }
      _ = try await shop.get("/made/up")
      let text = try await shop.get("/metrics", as: .nobody).text
      let route = #"http_server_request_duration_seconds_count{http_request_method="GET","#
      #expect(text.contains(route + #"http_response_status_code="200",http_route="/api/v1/packages/{slug}"} 2"#))
      #expect(text.contains(route + #"http_response_status_code="404",http_route="/api/v1/packages/{slug}"} 1"#))
      #expect(text.contains(route + #"http_response_status_code="404",http_route="unmatched"} 1"#))
      for name in ["hits_total", "misses_total", "entries", #"evictions_total{cause="room"}"#] {
        #expect(text.contains("\ntenantry_cache_\(name) "), "\(name)")
      }
      #expect(!text.contains("willow"), "no label names a tenant")
      let signs: [HTTPField.Name] = [
        .forwardedFor, .forwarded, .forwardedProto, .forwardedHost, .forwardedPort, .realIP, .via,
      ]
      for sign in signs { #expect(try await shop.get("/metrics", as: .nobody, [sign: "x"]).status == 401, "\(sign)") }
    }
  }

  @Test("A caller's request id comes back when it is sane, else a new one")
  func requestID() async throws {
    try await Shop.open { (shop: Shop) async throws in
      for path in ["/packages", "/nowhere"] {
        #expect(try await shop.get(path, as: .willow, [.requestID: "abc-1.2_3"]).headers[.requestID] == "abc-1.2_3")
        for bad in ["a b", "<script>", String(repeating: "x", count: 129)] {
          #expect(try await shop.get(path, as: .willow, [.requestID: bad]).headers[.requestID] != bad)
        }
      }
    }
  }

  @Test("A method that a path does not take gets 405 with those it does")
  func methods() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let answer = try await shop.send(.put, "/api/v1/admin/packages/x", as: .willowStaff)
      #expect(answer.status == 405)
      #expect(answer.headers[.allow] == "GET, PATCH, DELETE, HEAD")
      // Names that others of their kind would take for an identifier.
      let names: [(String, HTTPRequest.Method, String)] = [("import", .get, "POST"), ("export", .delete, "GET, HEAD")]
      for (name, method, allowed) in names {
        let path = "/api/v1/admin/packages/" + name
        let refused = try await shop.client.execute(uri: path, method: method, headers: Sender.willowStaff.headers)
        #expect(refused.status == .methodNotAllowed && refused.headers[.allow] == allowed, "\(method) \(name)")
      }
    }
  }

  @Test("Every served route is in the OpenAPI document and every route of the document is served")
  func openAPI() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let document = try await shop.get("/openapi.json", as: .nobody).json
      #expect(document["openapi"].string == "3.1.0")
      guard case .object(let paths) = document["paths"] else {
        Issue.record("the document has no paths")
        return
      }
      let described = Set(
        paths.flatMap { path, item -> [String] in
          guard case .object(let operations) = item else { return [] }
          return operations.keys.map { "\($0.uppercased()) \(path)" }
        })
      let served = Set(
        Endpoint.all.flatMap { endpoint in endpoint.templates.map { "\(endpoint.method.rawValue) \($0)" } })
      #expect(described == served)
      for route in described {
        let parts = route.split(separator: " ").map(String.init)
        let path = parts[1].replacing("{slug}", with: "x").replacing("{id}", with: "x").replacing("{date}", with: "x")
        let answer = try await shop.send(try #require(.init(parts[0])), path, as: .nobody)
        #expect(answer.status != 405 && answer.code != "not_found", "\(route) is not served")
      }
    }
  }

  @Test("The document tells that it may be unchanged itself, and in which forms an export comes")
  func forms() async throws {
    try await Shop.open { (shop: Shop) async throws in
      // Each answer is held against the document.
      #expect(try await shop.get("/openapi.json", as: .nobody, [.ifNoneMatch: "*"]).status == 304)
      let export = Conformance.document["paths"]["/api/v1/admin/packages/export"]["get"]["responses"]["200"]
      for form in PackageFileFormat.allCases {
        let answer = try await shop.get("/api/v1/admin/packages/export?format=\(form.rawValue)", as: .willowStaff)
        let type = try #require(answer.headers[.contentType]?.split(separator: ";").first)
        #expect(export["content"][String(type)] != .null, "\(type)")
      }
    }
  }
}
