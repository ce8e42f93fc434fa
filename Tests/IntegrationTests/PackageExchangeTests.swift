import HTTPTypes
import NIOCore
import TestServers
import Testing

@testable import HTTPAdapter

@Suite("Packages in and out as files")
struct PackageExchangeTests {
  private static let path = "/api/v1/admin/packages"
  private static let csv: HTTPFields = [.contentType: "text/csv"]

  @Test("An export imported again changes nothing, and gives the same export", arguments: ["csv", "jsonl"])
  func identity(format: String) async throws {
    try await Shop.open { (shop: Shop) async throws in
      let first = try await shop.get("\(Self.path)/export?format=\(format)", as: .willowStaff)
      #expect(first.status == 200)
      let report = try await shop.post("\(Self.path)/import?format=\(format)", first.text, as: .willowStaff)
      #expect(report.status == 200)
      #expect(try report.json["unchanged"].integer == 20)
      #expect(try report.json["errors"].array.count == 0)
      #expect(try await shop.get("\(Self.path)/export?format=\(format)", as: .willowStaff).text == first.text)
      // To another tenant, which has none of the segments.
      let foreign = try await shop.post("\(Self.path)/import?format=\(format)", first.text, as: .harborStaff)
      #expect(try foreign.json["applied"].bool == false)
      #expect(try await shop.get("/packages", as: .harbor).json["data"].array.count == 8)
    }
  }

  @Test("A row with a flaw is told of with its line and keeps the others out, unless keepGoing is said")
  func flaws() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let file = "slug,title,priceCents,status\nnew-one,One,100,published\nnew-two,,x,published\n"
      let refused = try await shop.post("\(Self.path)/import", file, as: .willowStaff, Self.csv)
      #expect(refused.status == 200)
      #expect(try refused.json["applied"].bool == false)
      #expect(try refused.json["errors"][0]["line"].integer == 3)
      #expect(try await shop.get("/packages/new-one").status == 404)
      let report = try await shop.post("\(Self.path)/import?keepGoing=true", file, as: .willowStaff, Self.csv)
      #expect(try report.json["created"].integer == 1)
      #expect(try await shop.get("/packages/new-one").json["priceCents"].integer == 100)
    }
  }

  @Test("The next read shows what was imported, in list and detail; other columns stay as they were")
  func caches() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let before = try await shop.get("/packages/first-light-vows").json
      #expect(try await shop.get("/packages?limit=100").json["data"].array.count == 20)
      let file = "slug,priceCents\r\nfirst-light-vows,12345\r\n"
      #expect(try await shop.post("\(Self.path)/import", file, as: .willowStaff, Self.csv).status == 200)
      let after = try await shop.get("/packages/first-light-vows").json
      #expect(after["priceCents"].integer == 12345)
      #expect(after["title"].string == before["title"].string)
      #expect(after["addOns"].array.count == before["addOns"].array.count)
    }
  }

  private static let staff = "Host: x\r\nAuthorization: Bearer \(Sender.key("sk", "willow"))\r\n"

  @Test("HEAD of an export tells no length, and nothing follows it")
  func head() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let answers = try await shop.raw("HEAD \(Self.path)/export HTTP/1.1\r\n\(Self.staff)\r\n" + RawHTTP.last)
      let parts = answers.components(separatedBy: "\r\n\r\n")
      #expect(parts.count == 3 && parts.dropLast().allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") }, "\(answers)")
      #expect(parts.first?.lowercased().contains("content-length") == false)
    }
  }

  @Test(
    "To a client of HTTP/1.0 an export goes unframed, up to the end of the connection",
    arguments: ["", "Connection: keep-alive\r\n"])
  func oldVersion(_ fields: String) async throws {
    try await Shop.open { (shop: Shop) async throws in
      let answer = try await shop.raw("GET \(Self.path)/export HTTP/1.0\r\n\(Self.staff)\(fields)\r\n")
      let parts = answer.components(separatedBy: "\r\n\r\n")
      let head = try #require(parts.first?.lowercased())
      #expect(!head.contains("transfer-encoding") && head.contains("connection: close"), "\(head)")
      #expect(parts.count > 1 && parts[1].hasPrefix("slug,"), "\(answer.prefix(500))")
    }
  }

  @Test("Only staff may; what is too large, has a bad header or an unknown form is refused")
  func refusals() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let (path, staff) = ("\(Self.path)/import", Sender.willowStaff)
      #expect(try await shop.post(path, "slug\n", as: .nobody, Self.csv).status == 401)
      #expect(try await shop.post(path, "slug\n", as: .willow, Self.csv).status == 403)
      #expect(try await shop.post(path, "colour\n", as: staff, Self.csv).status == 400)
      #expect(try await shop.post(path + "?format=xml", "slug\n", as: staff, Self.csv).status == 400)
      #expect(try await shop.post(path + "?keepGoing=perhaps", "slug\n", as: staff, Self.csv).status == 400)
      let huge = String(repeating: "x", count: PackageExchangeRoutes.largestFile + 1)
      #expect(try await shop.post(path, huge, as: staff, Self.csv).status == 413)
    }
  }
}
