import HTTPTypes
import Kernel
import TenancyDomain
import Testing

@testable import Bootstrap
@testable import HTTPAdapter

@Suite("Who may do what")
struct SecurityTests {
  @Test("Every route that takes a key refuses a missing, an unknown and a wrong one")
  func keys() async throws {
    try await Shop.open { (shop: Shop) async throws in
      for endpoint in Endpoint.all where endpoint.access != .open && endpoint.access != .operatorsOrLocal(.viewer) {
        let path = endpoint.template.replacing("{slug}", with: "x").replacing("{date}", with: "2030-01-01")
          .replacing("{id}", with: "01a1fd1f-1121-79d5-a0c1-67f0fcc3a250")
        let missing = try await shop.send(endpoint.method, path)
        #expect(missing.status == 401, "\(path)")
        #expect(missing.headers[.wwwAuthenticate] != nil)
        if endpoint.access != .staffOrCustomer {
          let wrongKind = try await shop.send(
            endpoint.method, path, as: endpoint.access == .staff ? .willow : .willowStaff)
          #expect(wrongKind.status == 403, "\(path)")
        }
        for bad in ["pk_test_willow_\(String(repeating: "f", count: 32))", "nonsense", "", "pk_test_willow_0"] {
          let headers: HTTPFields =
            endpoint.access == .storefront || endpoint.access == .staffOrCustomer
            ? [.tenantKey: bad] : [.authorization: "Bearer \(bad)"]
          let unknown = try await shop.send(endpoint.method, path, as: .nobody, headers)
          #expect(unknown.status == 401, "\(path) with \(bad)")
        }
      }
      #expect(try await shop.get("/packages", as: .nobody, [.tenantKey: Sender.key("sk", "willow")]).status == 403)
      #expect(try await shop.get("/packages", as: .nobody, [.authorization: "Basic eA=="]).status == 401)
    }
  }

  @Test("A key in the field that a route does not read is looked up: 403 when it is good for something else, else 401")
  func otherField() async throws {
    try await Shop.open { (shop: Shop) async throws in
      func status(_ path: String, _ headers: HTTPFields) async throws -> Int {
        try await shop.get(path, as: .nobody, headers).status
      }
      let (storefront, staff, operators) = ("/packages", "/api/v1/admin/packages", "/api/v1/cache/health")
      #expect(try await status(storefront, [.authorization: "Bearer \(Sender.key("sk", "willow"))"]) == 403)
      #expect(try await status(storefront, [.authorization: "Bearer \(Sender.key("sk", "nobody"))"]) == 401)
      #expect(try await status(storefront, [.authorization: "Bearer \(Sender.key("pk", "willow"))"]) == 401)
      #expect(try await status(storefront, [.authorization: "Bearer nonsense"]) == 401)
      #expect(try await status(staff, [.tenantKey: Sender.key("pk", "willow")]) == 403)
      #expect(try await status(staff, [.tenantKey: Sender.key("pk", "nobody")]) == 401)
      #expect(try await status(staff, [.tenantKey: Sender.key("sk", "willow")]) == 401)
      #expect(try await status(staff, [.tenantKey: "nonsense"]) == 401)
      #expect(try await status(operators, [.tenantKey: Sender.key("pk", "willow")]) == 403)
      #expect(try await status(operators, [.tenantKey: Sender.key("pk", "nobody")]) == 401)
      #expect(try await status(operators, [:]) == 401)
    }
  }

  @Test("A suspended tenant's keys get 403 at once, and work again once it is active")
  func suspension() async throws {
    try await Shop.open { (shop: Shop) async throws in
      #expect(try await shop.get("/packages").status == 200)
      let administration = shop.preset.administration
      _ = try await administration.setStatus("willow", .suspended)
      #expect(try await shop.get("/api/v1/admin/packages", as: .willowStaff).status == 403)
      #expect(try await shop.get("/packages").code == "tenant_suspended")
      #expect(try await shop.get("/packages", as: .harbor).status == 200)
      _ = try await administration.setStatus("willow", .active)
      #expect(try await shop.get("/packages").status == 200)
    }
  }

  @Test("Another tenant's objects are 404 whatever the route, with the same body as those that never were")
  func isolation() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let booking = try #require(try await shop.book("2030-06-15").json["id"].string)
      let venue = try #require(try await shop.get("/api/v1/venues").json["data"][0]["id"].string)
      let package = try #require(try await shop.get("/packages/cathedral-grove").json["id"].string)
      let blackout = try #require(
        try await shop.get("/api/v1/admin/blackouts", as: .willowStaff).json["data"][0]["id"].string)
      let paths = [
        "bookings/\(booking)", "admin/venues/\(venue)", "admin/packages/\(package)", "admin/packages/cathedral-grove",
        "admin/segments/coast", "admin/add-ons/live-cello", "admin/blackouts/\(blackout)",
      ]
      for path in paths.map({ "/api/v1/" + $0 }) {
        let never = path.split(separator: "/").dropLast().joined(separator: "/") + "/\(UniqueID(high: 9, low: 9))"
        let foreign = try await shop.get(path, as: .harborStaff)
        let unknown = try await shop.get("/" + never, as: .harborStaff)
        #expect(foreign.status == 404)
        #expect(try foreign.json["detail"] == unknown.json["detail"])
        if path.contains("/admin/") {
          #expect(try await shop.patch(path, "{}", as: .harborStaff).status == 404)
          #expect(try await shop.delete(path, as: .harborStaff).status == 404)
          #expect(try await shop.get(path, as: .willowStaff).status == 200)
        } else {
          #expect(try await shop.post(path + "/cancel", "{}", as: .harborStaff).status == 404)
          #expect(try await shop.post(path + "/confirm", "{}", as: .harborStaff).status == 404)
        }
      }
      #expect(try await shop.get("/packages/cathedral-grove", as: .harbor).status == 404)
      #expect(try await shop.get("/packages?segment=coast", as: .harbor).json["data"].array.isEmpty)
      let cursor = try #require(try await shop.get("/packages?limit=1").json["nextCursor"].string)
      let harbor = try await shop.get("/packages?cursor=\(cursor)", as: .harbor).text
      #expect(!harbor.contains("willow"))
      #expect(
        try await shop.book("2030-06-20", package: "sunset-paddle", extra: #","venueId":"\#(venue)""#, as: .harbor)
          .status
          != 201)
      #expect(try await shop.get("/api/v1/admin/bookings", as: .harborStaff).json["data"].array.isEmpty)
    }
  }

  @Test("Past the client's limit comes 429 with the time to wait; other clients and a minute later pass")
  func limits() async throws {
    try await Shop.open(["RATE_LIMIT": "on", "RATE_LIMIT_CLIENT_PER_MINUTE": "5"]) { (shop: Shop) async throws in
      for left in (0..<5).reversed() {
        let answer = try await shop.get("/packages")
        #expect(answer.status == 200)
        #expect(answer.headers[.rateLimit]?.hasPrefix("\"client\";r=\(left);t=") == true)
        #expect(answer.headers[.rateLimitPolicy] == "\"client\";q=5;w=60, \"tenant\";q=10000;w=60")
      }
      for path in ["/packages", "/packages/nowhere", "/availability/2030-01-01"] {
        let refused = try await shop.get(path)
        #expect(refused.status == 429 && refused.code == "rate_limited")
        #expect((1...60).contains(refused.headers[.retryAfter].flatMap { Int($0) } ?? 0))
        #expect(refused.headers[.rateLimit]?.hasPrefix("\"client\";r=0;") == true)
      }
      #expect(try await shop.get("/api/v1/admin/packages", as: .willowStaff).status == 200)
      #expect(try await shop.get("/packages", as: .harbor).status == 200)
      #expect(try await shop.get("/health").status == 200)
      shop.clock.advance(by: .seconds(62))
      #expect(try await shop.get("/packages").status == 200)
    }
  }

  @Test("Behind a trusted proxy each forwarded address is a client; from elsewhere the field is not believed")
  func forwarded() async throws {
    let settings = ["RATE_LIMIT": "on", "RATE_LIMIT_CLIENT_PER_MINUTE": "1"]
    try await Shop.open(settings.merging(["TRUSTED_PROXIES": "127.0.0.1, ::1"]) { $1 }) { (shop: Shop) async throws in
      for address in ["203.0.113.1", "203.0.113.2"] {
        #expect(try await shop.get("/packages", as: .willow, [.forwardedFor: address]).status == 200)
        #expect(try await shop.get("/packages", as: .willow, [.forwarded: "for=\(address)"]).status == 429)
      }
      // Both fields at once: one of them is the client's own, so the request counts as the proxy's.
      let both: [HTTPFields] = (3...5).map { [.forwarded: "for=203.0.113.\($0)", .forwardedFor: "203.0.113.9"] }
      let statuses = try await [
        shop.get("/packages", as: .willow, both[0]).status, shop.get("/packages", as: .willow, both[1]).status,
        shop.get("/packages", as: .willow, both[2]).status,
      ]
      #expect(statuses == [200, 429, 429])
    }
    try await Shop.open(settings) { (shop: Shop) async throws in
      #expect(try await shop.get("/packages", as: .willow, [.forwardedFor: "203.0.113.1"]).status == 200)
      #expect(try await shop.get("/packages", as: .willow, [.forwardedFor: "203.0.113.2"]).status == 429)
    }
  }

  @Test("Browsers of allowed sites may read answers, others not")
  func crossOrigin() async throws {
    try await Shop.open(["CORS_ALLOWED_ORIGINS": "https://willow.example"]) { (shop: Shop) async throws in
      let allowed = try await shop.get("/packages", as: .willow, [.origin: "https://willow.example"])
      #expect(allowed.headers[.accessControlAllowOrigin] == "https://willow.example")
      let other = try await shop.get("/packages", as: .willow, [.origin: "https://evil.example"])
      #expect(other.headers[.accessControlAllowOrigin] == nil)
      let preflight = try await shop.send(
        .options, "/packages", as: .nobody, [.origin: "https://willow.example", .accessControlRequestMethod: "GET"])
      #expect(preflight.status == 204)
      #expect(preflight.headers[.accessControlAllowHeaders]?.contains("X-Tenant-Key") == true)
    }
  }
}
