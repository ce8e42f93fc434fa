import Foundation
import HTTPTypes
import Testing

@testable import HTTPAdapter

@Suite("Booking over HTTP")
struct BookingTests {
  @Test("A booking keeps the prices of its day, and only its maker and staff can read it")
  func create() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let venue = try #require(try await shop.get("/api/v1/venues").json["data"][0]["id"].string)
      let made = try await shop.book(
        "2030-06-15", package: "cathedral-grove",
        extra: #","addOnSlugs":["live-cello"],"venueId":"\#(venue)","notes":"Two dogs""#)
      #expect(made.status == 201)
      let booking = try made.json
      let id = try #require(booking["id"].string)
      let token = try #require(booking["accessToken"].string)
      #expect(made.headers[.location] == "/api/v1/bookings/\(id)")
      #expect(booking["status"].string == "PENDING")
      #expect(booking["totalCents"].integer == 298_000 + 42_000)
      #expect(booking["venue"]["id"].string == venue)
      _ = try await shop.patch("/api/v1/admin/packages/cathedral-grove", #"{"priceCents":1}"#, as: .willowStaff)
      let path = "/api/v1/bookings/" + id
      let read = try await shop.get(path, as: .willow, [.bookingToken: token])
      #expect(read.status == 200)
      #expect(try read.json["totalCents"].integer == 340_000)
      #expect(try read.json["accessToken"] == .null)
      let asStaff = try await shop.get(path, as: .willowStaff)
      #expect(try asStaff.json["notes"].string == "Two dogs")
      #expect(try await shop.get(path, as: .willow).code == "booking_token_required")
      #expect(try await shop.get(path, as: .willow, [.bookingToken: "wrong"]).status == 404)
      #expect(try await shop.get(path, as: .harborStaff).status == 404)
      #expect(try await shop.get(path, as: .harbor, [.bookingToken: token]).status == 404)
      #expect(try await shop.get("/api/v1/admin/customers", as: .willowStaff).text.contains("ada@example.com"))
      let foreign = try await shop.get("/api/v1/admin/customers", as: .harborStaff).text
      #expect(!foreign.contains("ada@example.com"))
    }
  }

  @Test(
    "Of 200 bookings of one date at once, as many succeed as the tenant takes",
    arguments: [("willow", 1), ("harbor", 4)])
  func race(_ slug: String, _ capacity: Int) async throws {
    try await Shop.open { (shop: Shop) async throws in
      let package = try #require(
        try await shop.get("/packages", as: .storefront(slug)).json["data"][0]["slug"].string)
      let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<200 {
          group.addTask {
            let answer = try await shop.book("2030-07-01", package: package, as: .storefront(slug))
            return "\(answer.status) \(answer.code ?? "")"
          }
        }
        return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      }
      #expect(outcomes == ["201 ": capacity, "409 date_unavailable": 200 - capacity])
    }
  }

  @Test("Availability follows at once: booked, cancelled, blacked out, over")
  func availability() async throws {
    try await Shop.open { (shop: Shop) async throws in
      func day(_ date: String) async throws -> JSONValue { try await shop.get("/availability/" + date).json }
      #expect(try await day("2030-06-15")["available"].bool == true)
      let booking = try await shop.book("2030-06-15").json
      #expect(try await day("2030-06-15")["reason"].string == "booked")
      #expect(try await day("2030-06-15")["remaining"].integer == 0)
      let cancelled = try await shop.post(
        "/api/v1/bookings/\(booking["id"].string ?? "")/cancel", "", as: .willow,
        [.bookingToken: booking["accessToken"].string ?? ""])
      #expect(try cancelled.json["status"].string == "CANCELLED")
      #expect(try await day("2030-06-15")["available"].bool == true)
      #expect(try await shop.book("2030-06-15").status == 201)
      _ = try await shop.post("/api/v1/admin/blackouts", #"{"date":"2030-06-16"}"#, as: .willowStaff)
      #expect(try await day("2030-06-16")["reason"].string == "blackout")
      #expect(try await shop.book("2030-06-16").code == "date_unavailable")
      #expect(
        try await shop.post("/api/v1/admin/blackouts", #"{"date":"2030-06-15"}"#, as: .willowStaff).code == "date_taken"
      )
      _ = try await shop.delete("/api/v1/admin/blackouts/2030-06-16", as: .willowStaff)
      #expect(try await day("2030-06-16")["available"].bool == true)
      #expect(try await day("2020-01-01")["reason"].string == "past")
      let range = try await shop.get("/api/v1/availability?from=2030-06-14&to=2031-06-14")
      #expect(try range.json["data"].array.count == 366)
      #expect(try range.json["data"][1]["reason"].string == "booked")
      #expect(range.headers[.cacheControl] == "no-cache")
      let tag = try #require(range.headers[.eTag])
      let again = try await shop.get("/api/v1/availability?from=2030-06-14&to=2031-06-14", [.ifNoneMatch: tag])
      #expect(again.status == 304)
    }
  }

  @Test("A hold that runs out frees its date for availability and for the next booking, without a sweep")
  func expiry() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let booking = try await shop.book("2030-06-15").json
      #expect(try await shop.book("2030-06-15").status == 409)
      #expect(try await shop.get("/availability/2030-06-15").json["available"].bool == false)
      shop.clock.advance(by: .seconds(901))
      #expect(try await shop.get("/availability/2030-06-15").json["available"].bool == true)
      let path = "/api/v1/bookings/" + (booking["id"].string ?? "")
      #expect(try await shop.get(path, as: .willowStaff).json["status"].string == "EXPIRED")
      let late = try await shop.post(path + "/confirm", "{}", as: .willowStaff)
      #expect(late.status == 409 && late.code == "booking_state")
      #expect(try await shop.book("2030-06-15").status == 201)
    }
  }

  @Test("Confirmed bookings outlive their hold; what is done cannot be done again")
  func confirm() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let id = try #require(try await shop.book("2030-06-15").json["id"].string)
      let path = "/api/v1/bookings/" + id
      #expect(try await shop.post(path + "/confirm", "{}", as: .willow).status == 403)
      let confirmed = try await shop.post(path + "/confirm", #"{"reason":"paid"}"#, as: .willowStaff)
      #expect(try confirmed.json["status"].string == "CONFIRMED")
      #expect(try confirmed.json["confirmedAt"].string != nil)
      #expect(try await shop.post(path + "/confirm", "{}", as: .willowStaff).status == 409)
      shop.clock.advance(by: .seconds(901))
      #expect(try await shop.book("2030-06-15").status == 409)
      let list = "/api/v1/admin/bookings?status=CONFIRMED&from=2030-06-15&to=2030-06-15"
      #expect(try await shop.get(list, as: .willowStaff).json["data"].array.count == 1)
      #expect(try await shop.get("/api/v1/admin/bookings?status=PENDING", as: .willowStaff).json["data"].array.isEmpty)
      #expect(try await shop.post(path + "/cancel", #"{"why":1}"#, as: .willowStaff).fields == ["why"])
      #expect(try await shop.post(path + "/cancel", "{}", as: .willowStaff).status == 200)
      #expect(try await shop.post(path + "/cancel", "{}", as: .willowStaff).status == 409)
      #expect(try await shop.book("2030-06-15").status == 201)
    }
  }

  @Test("A request sent again with its key gets its first answer again; another request with it does not")
  func idempotency() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let first = try await shop.book("2030-06-15", key: "\"abc\"")
      let again = try await shop.book("2030-06-15", key: "abc")
      #expect(first.headers[.idempotencyReplayed] == nil && again.headers[.idempotencyReplayed] == "true")
      #expect(again.status == 201 && again.bytes == first.bytes)
      let other = try await shop.book("2030-06-16", key: "abc")
      #expect(other.status == 422 && other.code == "idempotency_mismatch")
      #expect(try await shop.book("2030-06-15", key: "refused").status == 409)
      _ = try await shop.post(
        "/api/v1/bookings/\(try first.json["id"].string ?? "")/cancel", "{}", as: .willowStaff)
      #expect(try await shop.book("2030-06-15", key: "refused").status == 201)
      #expect(try await shop.book("2030-08-15", key: "").code == "malformed_request")
      let none = try await shop.post("/api/v1/bookings", "{}", as: .willow)
      #expect(none.status == 400 && none.code == "idempotency_key_required")
      shop.clock.advance(by: .seconds(25 * 3600))
      #expect(try await shop.book("2030-09-15", key: "abc").status == 201)
    }
  }

  @Test("50 requests at once with one key make one booking and get one answer")
  func retries() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let bodies = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<50 { group.addTask { try await shop.book("2030-06-15", key: "one").text } }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(bodies.count == 1)
      #expect(try await shop.get("/api/v1/admin/bookings", as: .willowStaff).json["data"].array.count == 1)
    }
  }

  @Test("Today and past are the tenant's: what is over in Los Angeles later than in Halifax")
  func calendar() async throws {
    try await Shop.open { (shop: Shop) async throws in
      // The clock shows 2027-01-15T08:00:00Z; forward to 2027-01-16T06:00Z: the 15th on the Pacific, the 16th in Halifax.
      shop.clock.advance(by: .seconds(22 * 3600))
      #expect(try await shop.get("/availability/2027-01-15", as: .willow).json["reason"] == .null)
      #expect(try await shop.get("/availability/2027-01-15", as: .harbor).json["reason"].string == "past")
      #expect(try await shop.book("2027-01-15").status == 201)
      let package = try #require(try await shop.get("/packages", as: .harbor).json["data"][0]["slug"].string)
      let past = try await shop.book("2027-01-15", package: package, as: .harbor)
      #expect(past.status == 422 && past.fields == ["date"])
    }
  }
}
