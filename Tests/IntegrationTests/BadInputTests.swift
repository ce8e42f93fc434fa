import HTTPTypes
import Kernel
import NIOCore
import Testing

@testable import HTTPAdapter

@Suite("Bad input")
struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let method: HTTPRequest.Method
    let path: String
    let body: String?
    let status: Int
    let field: String?
    var testDescription: String { "\(method) \(path.prefix(60)) \(body?.prefix(60) ?? "")" }

    static func get(_ path: String, _ status: Int, _ field: String?) -> Case {
      Case(method: .get, path: path, body: nil, status: status, field: field)
    }

    static func post(_ path: String, _ body: String, _ status: Int, _ field: String?) -> Case {
      Case(method: .post, path: path, body: body, status: status, field: field)
    }
  }

  static let longSlug = String(repeating: "a", count: 3_000)
  static let customer = #""customer":{"name":"A","email":"a@b.co"}"#

  /// A cursor that no page of a list has given.
  static func forged(_ list: String) -> String { Cursor(list: list, place: SortPlace([.number(1)])).text }

  static let addresses: [Case] = [
    .get("/packages/%00", 400, "slug"), .get("/packages/\(longSlug)", 400, "slug"),
    .get("/packages/nowhere", 404, nil), .get("/packages/..%2f..", 404, nil),
    .get("/packages/a:b*%7Bc%7D", 404, nil), .get("/packages?limit=0", 400, "limit"),
    .get("/packages?limit=101", 400, "limit"), .get("/packages?limit=ten", 400, "limit"),
    .get("/packages?cursor=garbage", 400, "cursor"), .get("/packages?cursor=eyJsIjoieCIsInAiOltdfQ", 400, "cursor"),
    .get("/packages?limit=", 400, "limit"), .get("/packages?limit", 400, "limit"),
    .get("/packages?limit=+5", 400, "limit"), .get("/packages?limit=%2B5", 400, "limit"),
    .get("/packages?%6Cimit=0", 400, "limit"), .get("/packages?sort=", 400, "sort"),
    .get("/packages?cursor=\(forged("packages.order"))", 400, "cursor"),
    .get("/packages?sort=title&cursor=\(forged("packages.title"))", 400, "cursor"),
    .get("/packages?sort=color", 400, "sort"), .get("/packages?q=%00", 400, "q"),
    .get("/packages?segment=\(longSlug)", 400, "segment"), .get("/api/v1/venues?city=%0a", 400, "city"),
    .get("/availability/2026-02-30", 400, "date"), .get("/availability/tomorrow", 400, "date"),
    .get("/api/v1/availability", 400, "from"), .get("/api/v1/availability?from=2030-01-01", 400, "to"),
    .get("/api/v1/availability?from=2030-01-02&to=2030-01-01", 400, "to"),
    .get("/api/v1/availability?from=2030-01-01&to=2031-01-02", 400, "to"),
    .get("/api/v1/availability?from=2030-13-01&to=2030-01-02", 400, "from"),
    .get("/nowhere", 404, nil), .get("/api/v2/packages", 404, nil), .get("/", 404, nil),
  ]

  static let bookings: [Case] = [
    .post("/api/v1/bookings", "{", 400, "body"), .post("/api/v1/bookings", "[]", 400, "body"),
    .post("/api/v1/bookings", "", 400, "body"), .post("/api/v1/bookings", "\u{FEFF}nonsense", 400, "body"),
    .post("/api/v1/bookings", #"{"packageSlug":"x",}"#, 400, "body"),
    .post("/api/v1/bookings", "{\u{0}}", 400, "body"), .post("/api/v1/bookings", "{}", 422, "packageSlug"),
    .post("/api/v1/bookings", #"{"packageSlug":1,"date":"2030-01-01",\#(customer)}"#, 422, "packageSlug"),
    .post("/api/v1/bookings", #"{"packageSlug":"x","date":"2030-02-30",\#(customer)}"#, 422, "date"),
    .post("/api/v1/bookings", #"{"packageSlug":"first-light-vows","date":"2020-01-01",\#(customer)}"#, 422, "date"),
    .post("/api/v1/bookings", #"{"packageSlug":"x","date":"2030-01-01"}"#, 422, "customer"),
    .post("/api/v1/bookings", #"{"packageSlug":"x","date":"2030-01-01","customer":7}"#, 422, "customer"),
    .post(
      "/api/v1/bookings", #"{"packageSlug":"x","date":"2030-01-01","customer":{"name":"A","email":"nope"}}"#, 422,
      "customer.email"),
    .post(
      "/api/v1/bookings", #"{"packageSlug":"x","date":"2030-01-01","customer":{"name":"\u0000","email":"a@b.co"}}"#,
      422,
      "customer.name"),
    .post("/api/v1/bookings", #"{"packageSlug":"x","date":"2030-01-01",\#(customer),"color":"red"}"#, 422, "color"),
    .post("/api/v1/bookings", #"{"packageSlug":"nowhere","date":"2030-01-01",\#(customer)}"#, 404, nil),
    .post(
      "/api/v1/bookings", #"{"packageSlug":"first-light-vows","date":"2030-01-01","addOnSlugs":["no"],\#(customer)}"#,
      422, "addOnSlugs[0]"),
    .post(
      "/api/v1/bookings", #"{"packageSlug":"first-light-vows","date":"2030-01-01","venueId":"no",\#(customer)}"#, 422,
      "venueId"),
  ]

  static let staff: [Case] = [
    .post("/api/v1/admin/packages", #"{"slug":"Bad Slug","title":"T","priceCents":1}"#, 422, "slug"),
    .post("/api/v1/admin/packages", #"{"slug":"\#(longSlug)","title":"T","priceCents":1}"#, 422, "slug"),
    .post("/api/v1/admin/packages", #"{"slug":"x","title":"","priceCents":1}"#, 422, "title"),
    .post("/api/v1/admin/packages", #"{"slug":"x","title":"  ","priceCents":1}"#, 422, "title"),
    .post("/api/v1/admin/packages", #"{"slug":"x","title":null,"priceCents":1}"#, 422, "title"),
    .post("/api/v1/admin/packages", #"{"slug":"x","title":"T","priceCents":-1}"#, 422, "priceCents"),
    .post("/api/v1/admin/packages", #"{"slug":"x","title":"T","priceCents":1.5}"#, 422, "priceCents"),
    .post("/api/v1/admin/packages", #"{"slug":"x","title":"T","priceCents":"1"}"#, 422, "priceCents"),
    .post("/api/v1/admin/packages", #"{"slug":"x","title":"T","priceCents":1e30}"#, 422, "priceCents"),
    .post("/api/v1/admin/packages", #"{"slug":"x","title":"T","priceCents":1,"currency":"XXX"}"#, 422, "currency"),
    .post("/api/v1/admin/packages", #"{"slug":"x","title":"T","priceCents":1,"status":"live"}"#, 422, "status"),
    .post(
      "/api/v1/admin/packages", #"{"slug":"x","title":"T","priceCents":1,"photos":[{"url":"javascript:x"}]}"#, 422,
      "photos[0].url"),
    .post("/api/v1/admin/packages", #"{"slug":"x","title":"T","priceCents":1,"tenant":"x"}"#, 422, "tenant"),
    .post(
      "/api/v1/admin/packages", #"{"slug":"x","title":"T","priceCents":1,"addOnSlugs":["no"]}"#, 422, "addOnSlugs[0]"),
    .post("/api/v1/admin/venues", #"{"name":"N"}"#, 422, "city"), .post("/api/v1/admin/venues", "", 400, "body"),
    .post("/api/v1/admin/blackouts", #"{"date":"2030-02-31"}"#, 422, "date"),
    .get("/api/v1/admin/bookings?from=2034-02-01&to=2034-01-01", 400, "to"),
    .get("/api/v1/admin/venues?cursor=\(forged("staff.venue"))", 400, "cursor"),
    .get("/api/v1/admin/bookings?status=LATE", 400, "status"), .get("/api/v1/admin/bookings?from=x", 400, "from"),
    .get("/api/v1/admin/packages/nowhere", 404, nil), .get("/api/v1/admin/packages/%00", 400, "id"),
    .get("/api/v1/admin/blackouts/never", 404, nil), .get("/api/v1/bookings/not-an-id", 404, nil),
  ]

  @Test("Addresses and parameters that cannot be meant get a 4xx that names them", arguments: Self.addresses)
  func badAddresses(_ input: Case) async throws {
    try await Shop.open { (shop: Shop) async throws in try await check(input, shop, .willow) }
  }

  @Test("Bookings that cannot be meant get a 4xx that names the field", arguments: Self.bookings)
  func badBookings(_ input: Case) async throws {
    try await Shop.open { (shop: Shop) async throws in try await check(input, shop, .willow) }
  }

  @Test("What staff send that cannot be meant gets a 4xx that names the field", arguments: Self.staff)
  func badWrites(_ input: Case) async throws {
    try await Shop.open { (shop: Shop) async throws in try await check(input, shop, .willowStaff) }
  }

  @Test("A body over 1 MiB gets 413, declared or not")
  func tooLarge() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let body = ByteBuffer(repeating: UInt8(ascii: " "), count: 2 << 20)
      let answer = try await shop.send(.post, "/api/v1/admin/venues", as: .willowStaff, body: body)
      #expect(answer.status == 413 && answer.code == "body_too_large")
      #expect(try await shop.get("/packages").status == 200)
    }
  }

  @Test("A body of many or deeply nested values is refused before it costs anything")
  func bombs() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let deep = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
      let wide = "[" + String(repeating: "\"\",", count: 34_000) + "1]"
      for value in [deep, wide, String(repeating: "[", count: 100_000)] {
        let answer = try await shop.post("/api/v1/admin/venues", #"{"name":\#(value)}"#, as: .willowStaff)
        #expect(answer.status == 400 && answer.fields == ["body"], "\(answer.text)")
      }
      let brackets = #"{"name":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"{{{","city":"Philo"}"#
      #expect(try await shop.post("/api/v1/admin/venues", brackets, as: .willowStaff).status == 201)
    }
  }

  @Test("A patch of an unknown member is refused, also when it is null")
  func patches() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let path = "/api/v1/admin/packages/first-light-vows"
      for body in [#"{"colour":"red"}"#, #"{"colour":null}"#] {
        #expect(try await shop.patch(path, body, as: .willowStaff).fields == ["colour"])
      }
      #expect(try await shop.patch(path, #"{"title":null}"#, as: .willowStaff).fields == ["title"])
      let empty = try await shop.patch(path, "", as: .willowStaff)
      #expect(empty.status == 400 && empty.fields == ["body"])
      #expect(try await shop.patch(path, #"{"grouping":null}"#, as: .willowStaff).json["grouping"] == .null)
    }
  }

  private func check(_ input: Case, _ shop: Shop, _ sender: Sender) async throws {
    let answer = try await shop.send(
      input.method, input.path, as: sender, [.idempotencyKey: "k"], body: input.body.map { ByteBuffer(string: $0) })
    #expect(answer.status == input.status, "\(answer.text)")
    if let field = input.field { #expect(answer.fields.contains(field), "\(answer.text)") }
  }
}
