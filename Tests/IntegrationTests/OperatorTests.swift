import Foundation
import HTTPTypes
import Kernel
import TenancyDomain
import Testing

@testable import Bootstrap
@testable import HTTPAdapter

@Suite("What operators may do")
struct OperatorTests {
  private static let reads = [
    "/api/v1/cache/health", "/api/v1/cache/stats", "/api/v1/cache/cluster/status", "/api/v1/database/health",
    "/api/v1/database/slow-queries", "/api/v1/database/suggestions",
  ]

  @Test("Each role may do what those below it may: a viewer looks, an operator empties caches")
  func roles() async throws {
    try await Shop.open { (shop: Shop) async throws in
      for role in OperatorRole.allCases {
        let sender = try await shop.operator(role)
        for path in Self.reads { #expect(try await shop.get(path, as: sender).status == 200, "\(role) \(path)") }
        let answer = try await shop.post("/api/v1/cache/invalidate", #"{"tenant":"willow"}"#, as: sender)
        #expect(answer.status == (role == .viewer ? 403 : 200), "\(role)")
      }
      let viewer = try await shop.operator(.viewer)
      for path in ["/packages", "/api/v1/admin/packages"] {
        #expect(try await shop.get(path, as: viewer).status == 403, "the right token for the wrong thing")
      }
    }
  }

  @Test("A token that was forged, changed, or has ended is 401, whatever its header says")
  func forgeries() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let now = shop.clock.now().milliseconds / 1000
      let claims = #"{"role":"admin","exp":\#(now + 60)}"#
      let good = Forgery.token(#"{"alg":"HS256","typ":"JWT"}"#, claims)
      #expect(try await shop.get(Self.reads[0], as: .operator(good)).status == 200)
      let parts = good.split(separator: ".").map(String.init)
      let none = Forgery.encoded(Data(#"{"alg":"none"}"#.utf8))
      let bad = [
        "alg none": none + "." + parts[1] + ".", "alg none, signed": Forgery.token(#"{"alg":"none"}"#, claims),
        "RS256 signed with the secret": Forgery.token(#"{"alg":"RS256"}"#, claims),
        "HS512 by name": Forgery.token(#"{"alg":"HS512"}"#, claims), "no alg": Forgery.token("{}", claims),
        "a critical header": Forgery.token(#"{"alg":"HS256","crit":["b64"],"b64":false}"#, claims),
        "another secret": Forgery.token(#"{"alg":"HS256"}"#, claims, secret: String(repeating: "x", count: 32)),
        "ended": Forgery.token(#"{"alg":"HS256"}"#, #"{"role":"admin","exp":\#(now - 1)}"#),
        "without an end": Forgery.token(#"{"alg":"HS256"}"#, #"{"role":"admin"}"#),
        "an end that is no number": Forgery.token(#"{"alg":"HS256"}"#, #"{"role":"admin","exp":"never"}"#),
        "not yet": Forgery.token(#"{"alg":"HS256"}"#, #"{"role":"admin","exp":\#(now + 60),"nbf":\#(now + 30)}"#),
        "an unknown role": Forgery.token(#"{"alg":"HS256"}"#, #"{"role":"root","exp":\#(now + 60)}"#),
        "other claims": parts[0] + "." + Forgery.encoded(Data(#"{"role":"admin","exp":9999999999}"#.utf8)) + "."
          + parts[2],
        "no signature": parts[0] + "." + parts[1] + ".", "two parts": parts[0] + "." + parts[1], "nothing": "a.b.c",
        "long": good + String(repeating: "x", count: 10_000),
      ]
      for (what, token) in bad {
        let answer = try await shop.get(Self.reads[0], as: .operator(token))
        #expect(answer.status == 401 && answer.code == "key_unknown", "\(what): \(answer.status)")
      }
      shop.clock.advance(by: .seconds(61))
      #expect(try await shop.get(Self.reads[0], as: .operator(good)).status == 401, "its time is over")
    }
  }

  @Test("Emptying a tenant's cache is in the next read, and in the audit log; other tenants keep theirs")
  func invalidation() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let sender = try await shop.operator(.operator, name: "grace")
      func loads() -> Int { shop.preset.cache.getStats().loads }
      for body in [
        #"{"tenant":"willow"}"#, #"{"tenant":"willow","tags":["offers"]}"#,
        #"{"tenant":"willow","pattern":"catalog:willow:*"}"#, #"{"tenant":"willow","pattern":"packages*"}"#,
      ] {
        for tenant in [Sender.willow, .harbor] { _ = try await shop.get("/packages", as: tenant) }
        let before = loads()
        #expect(try await shop.post("/api/v1/cache/invalidate", body, as: sender).status == 200, "\(body)")
        _ = try await shop.get("/packages", as: .harbor)
        #expect(loads() == before, "harbor after \(body)")
        _ = try await shop.get("/packages", as: .willow)
        #expect(loads() > before, "willow after \(body)")
      }
      let entries = try await shop.preset.audit.newest(nil, limit: 10)
      #expect(entries.count == 4)
      #expect(entries.allSatisfy { $0.actor == "grace" && $0.action == "cache.invalidate" && $0.requestID != nil })
      #expect(entries.contains { $0.detail == ["pattern": "catalog:willow:*"] })
    }
  }

  @Test("What cannot be emptied is named: unknown tenants, foreign patterns, unknown members")
  func refusals() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let sender = try await shop.operator(.admin)
      func post(_ body: String) async throws -> Answer {
        try await shop.post("/api/v1/cache/invalidate", body, as: sender)
      }
      #expect(try await post(#"{"tenant":"nobody"}"#).status == 404)
      #expect(try await post("{}").fields == ["tenant"])
      #expect(try await post(#"{"tenant":"willow","pattern":"catalog:harbor:*"}"#).fields == ["pattern"])
      #expect(try await post(#"{"tenant":"willow","pattern":"*","tags":["x"]}"#).fields == ["pattern"])
      #expect(try await post(#"{"tenant":"willow","all":true}"#).fields == ["all"])
      #expect(try await shop.preset.audit.newest(nil, limit: 10).isEmpty)
    }
  }

  @Test("An operator's requests are not refused by the limits of the key they come with")
  func bypass() async throws {
    try await Shop.open(["RATE_LIMIT": "on", "RATE_LIMIT_CLIENT_PER_MINUTE": "2"]) { (shop: Shop) async throws in
      let token = try await shop.operator(.viewer).headers
      for _ in 0..<2 { #expect(try await shop.get("/packages").status == 200) }
      #expect(try await shop.get("/packages").status == 429)
      for _ in 0..<5 { #expect(try await shop.get("/packages", as: .willow, token).status == 200) }
      #expect(try await shop.get("/packages", as: .willow, [.authorization: "Bearer x.y.z"]).status == 429)
      for _ in 0..<5 { #expect(try await shop.get(Self.reads[0], as: shop.operator(.viewer)).status == 200) }
    }
  }

  @Test("Health in detail and the plain metrics keep the names that dashboards read")
  func names() async throws {
    try await Shop.open { (shop: Shop) async throws in
      _ = try await shop.get("/packages")
      let viewer = try await shop.operator(.viewer)
      for sender in [Sender.nobody, viewer] {
        let health = try await shop.get("/health/detailed", as: sender).json
        #expect(health["status"].string == "healthy")
        #expect(health["checks"]["redis"]["status"].string == "disabled")
        #expect((health["checks"]["cache"]["memory"]["entries"].integer ?? 0) > 0)
        #expect(health["checks"]["cache"]["memory"]["capacity"].integer == 100_000)
        #expect(health["checks"]["cache"]["memory"]["utilizationPercent"].string?.contains(".") == true)
        #expect(health["checks"]["cache"]["redis"]["enabled"].bool == false)
        #expect((health["checks"]["database"]["currentRegion"].string != nil) == (sender.headers != [:]))
      }
      let metrics = try await shop.get("/metrics/json", as: .nobody).json
      for name in ["query_count", "avg_latency_ms", "error_rate_percent", "throughput_qps"] {
        #expect(metrics["database"][name] != .null, "\(name)")
      }
      #expect((metrics["cache"]["misses"].integer ?? 0) > 0)
      #expect(metrics["connection_pool"]["total_connections"].integer == 0)
      let proxied: HTTPFields = [.forwardedFor: "127.0.0.1"]
      for path in ["/metrics", "/metrics/json"] {
        #expect(try await shop.get(path, as: .nobody, proxied).status == 401)
        #expect(try await shop.get(path, as: viewer, proxied).status == 200)
      }
    }
  }
}
