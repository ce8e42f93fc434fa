import Testing

@testable import HTTPAdapter

@Suite("How packages do")
struct AnalyticsTests {
  @Test("Each read of a package is a view, whichever way it is answered; lists, absences and staff's reads are none")
  func views() async throws {
    for hotPath in ["on", "off"] {
      try await Shop.open(["HTTP_HOT_PATH": hotPath]) { (shop: Shop) async throws in
        for _ in 0..<3 { _ = try await shop.get("/packages/first-light-vows") }
        let tag = try #require(try await shop.get("/packages/cathedral-grove").headers[.eTag])
        #expect(try await shop.get("/packages/cathedral-grove", as: .willow, [.ifNoneMatch: tag]).status == 304)
        for path in ["/packages", "/packages/nowhere"] { _ = try await shop.get(path) }
        _ = try await shop.send(.head, "/packages/first-light-vows", as: .willow)
        _ = try await shop.get("/api/v1/admin/packages/first-light-vows", as: .willowStaff)
        _ = try await shop.get("/packages/skyline-paddle", as: .harbor)
        #expect(try await shop.book("2030-06-15").status == 201)

        let report = try await shop.get("/api/v1/admin/analytics/packages", as: .willowStaff).json
        #expect(report["totals"]["views"].integer == 5, "hot path \(hotPath)")
        #expect(report["totals"]["bookings"].integer == 1)
        #expect(report["data"].array.count == 20)
        let first = report["data"][0]
        #expect(first["slug"].string == "first-light-vows" && first["views"].integer == 3)
        #expect(first["bookings"].integer == 1 && first["days"].array.count == 1)
        #expect(first["days"][0]["date"].string == "2027-01-15", "the day of the clock, not the day that was booked")
        let harbor = try await shop.get("/api/v1/admin/analytics/packages", as: .harborStaff).json
        #expect(harbor["totals"]["views"].integer == 1 && harbor["totals"]["bookings"].integer == 0)
      }
    }
  }

  @Test("A report keeps to the days it is asked for, and refuses those that make no sense")
  func range() async throws {
    try await Shop.open { (shop: Shop) async throws in
      _ = try await shop.get("/packages/first-light-vows")
      shop.clock.advance(by: .seconds(2 * 86_400))
      _ = try await shop.get("/packages/first-light-vows")
      func views(_ query: String) async throws -> Int? {
        let answer = try await shop.get("/api/v1/admin/analytics/packages" + query, as: .willowStaff)
        return try answer.json["totals"]["views"].integer
      }
      #expect(try await views("") == 2)
      #expect(try await views("?from=2027-01-15&to=2027-01-15") == 1)
      #expect(try await views("?from=2027-01-16&to=2027-01-16") == 0)
      for query in ["?from=2027-01-02&to=2027-01-01", "?from=soon", "?from=2020-01-01&to=2027-01-01"] {
        #expect(try await shop.get("/api/v1/admin/analytics/packages" + query, as: .willowStaff).status == 400)
      }
    }
  }
}
