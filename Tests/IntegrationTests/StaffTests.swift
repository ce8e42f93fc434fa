import Foundation
import HTTPTypes
import Testing

@testable import HTTPAdapter

@Suite("What staff write over HTTP")
struct StaffTests {
  /// A kind of record: its path, two bodies that make one, and a patch with what it changes.
  struct Kind: Sendable, CustomTestStringConvertible {
    let path: String
    let body: String
    let patch: String
    let changed: (member: String, value: JSONValue)
    var testDescription: String { path }
  }

  static let kinds = [
    Kind(
      path: "packages", body: #"{"slug":"new-one","title":"New","priceCents":100,"segmentSlug":"coast"}"#,
      patch: #"{"title":"Newer","segmentSlug":null}"#, changed: ("title", "Newer")),
    Kind(
      path: "segments", body: #"{"slug":"new-one","name":"New"}"#, patch: #"{"sortOrder":9}"#,
      changed: ("sortOrder", .integer(9))),
    Kind(
      path: "add-ons", body: #"{"slug":"new-one","title":"New","priceCents":5}"#, patch: #"{"priceCents":6}"#,
      changed: ("priceCents", .integer(6))),
    Kind(
      path: "venues", body: #"{"name":"Barn","city":"Philo"}"#, patch: #"{"capacity":40}"#,
      changed: ("capacity", .integer(40))),
    Kind(
      path: "blackouts", body: #"{"date":"2031-05-01"}"#, patch: #"{"reason":"Away"}"#, changed: ("reason", "Away")),
  ]

  @Test("A record can be made, read, listed, changed and removed", arguments: Self.kinds)
  func lifecycle(_ kind: Kind) async throws {
    try await Shop.open { (shop: Shop) async throws in
      let list = "/api/v1/admin/" + kind.path
      let made = try await shop.post(list, kind.body, as: .willowStaff)
      #expect(made.status == 201)
      let id = try #require(try made.json["id"].string)
      #expect(made.headers[.location] == "\(list)/\(id)")
      let read = try await shop.get("\(list)/\(id)", as: .willowStaff)
      #expect(read.status == 200 && read.bytes == made.bytes)
      #expect(read.headers[.eTag] == made.headers[.eTag])
      #expect(try await shop.get(list + "?limit=100", as: .willowStaff).text.contains(id))
      let changed = try await shop.patch("\(list)/\(id)", kind.patch, as: .willowStaff)
      #expect(changed.status == 200)
      #expect(try changed.json[kind.changed.member] == kind.changed.value)
      #expect(try changed.json["createdAt"] == made.json["createdAt"])
      #expect(try await shop.delete("\(list)/\(id)", as: .willowStaff).status == 204)
      #expect(try await shop.get("\(list)/\(id)", as: .willowStaff).status == 404)
      #expect(try await shop.delete("\(list)/\(id)", as: .willowStaff).status == 404)
    }
  }

  @Test("If-Match guards a change: the version's tags and * pass, others get 412", arguments: Self.kinds)
  func preconditions(_ kind: Kind) async throws {
    try await Shop.open { (shop: Shop) async throws in
      let list = "/api/v1/admin/" + kind.path
      let made = try await shop.post(list, kind.body, as: .willowStaff)
      let path = "\(list)/\(try #require(try made.json["id"].string))"
      let tag = try #require(made.headers[.eTag])
      for wrong in ["\"other\"", "W/" + tag] {
        #expect(try await shop.patch(path, kind.patch, as: .willowStaff, [.ifMatch: wrong]).status == 412)
        #expect(try await shop.delete(path, as: .willowStaff, [.ifMatch: wrong]).status == 412)
      }
      #expect(try await shop.patch(path, kind.patch, as: .willowStaff, [.ifMatch: tag]).status == 200)
      #expect(try await shop.patch(path, kind.patch, as: .willowStaff, [.ifMatch: tag]).status == 412)
      #expect(try await shop.patch(path, "{}", as: .willowStaff, [.ifMatch: "*"]).status == 200)
      #expect(try await shop.delete(path, as: .willowStaff, [.ifMatch: tag]).status == 412)
      #expect(try await shop.delete(path, as: .willowStaff).status == 204)
    }
  }

  @Test("The tags that storefronts get name the version too")
  func publicTags() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let path = "/api/v1/admin/packages/cathedral-grove"
      for coding in ["identity", "gzip"] {
        let read = try await shop.get("/packages/cathedral-grove", [.acceptEncoding: coding])
        let tag = try #require(read.headers[.eTag])
        let changed = try await shop.patch(path, #"{"title":"\#(coding)"}"#, as: .willowStaff, [.ifMatch: tag])
        #expect(changed.status == 200)
      }
    }
  }

  @Test("Of 20 writers with one tag, one wins and the rest get 412")
  func race() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let path = "/api/v1/admin/packages/cathedral-grove"
      let tag = try #require(try await shop.get(path, as: .willowStaff).headers[.eTag])
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for writer in 0..<20 {
          group.addTask {
            try await shop.patch(path, #"{"title":"\#(writer)"}"#, as: .willowStaff, [.ifMatch: tag]).status
          }
        }
        return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      }
      #expect(statuses == [200: 1, 412: 19])
    }
  }

  @Test("A slug is taken once in a kind, and free for another tenant")
  func slugs() async throws {
    try await Shop.open { (shop: Shop) async throws in
      for kind in Self.kinds where kind.body.contains("slug") && kind.path != "packages" {
        let list = "/api/v1/admin/" + kind.path
        #expect(try await shop.post(list, kind.body, as: .willowStaff).status == 201)
        let again = try await shop.post(list, kind.body, as: .willowStaff)
        #expect(again.status == 409 && again.code == "slug_taken")
        #expect(try await shop.post(list, kind.body, as: .harborStaff).status == 201)
      }
      let day = #"{"date":"2031-05-01"}"#
      #expect(try await shop.post("/api/v1/admin/blackouts", day, as: .willowStaff).status == 201)
      #expect(try await shop.post("/api/v1/admin/blackouts", day, as: .willowStaff).code == "date_taken")
    }
  }

  @Test("A segment in use cannot be removed; an add-on leaves its packages")
  func references() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let refused = try await shop.delete("/api/v1/admin/segments/coast", as: .willowStaff)
      #expect(refused.status == 409 && refused.code == "segment_in_use")
      #expect(try await shop.get("/packages").text.contains("live-cello"))
      #expect(try await shop.delete("/api/v1/admin/add-ons/live-cello", as: .willowStaff).status == 204)
      let packages = try await shop.get("/packages").text
      #expect(!packages.contains("live-cello"))
      let unknown = try await shop.patch(
        "/api/v1/admin/packages/first-light-vows", #"{"segmentSlug":"nowhere"}"#, as: .willowStaff)
      #expect(unknown.status == 422 && unknown.fields == ["segmentSlug"])
    }
  }

  @Test("A write is in the very next read of list and detail, and no reader goes back, with 8 readers at it")
  func freshness() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let path = "/packages/first-light-vows"
      func price(_ answer: Answer) throws -> Int {
        let package = try answer.json["data"].array.first { $0["slug"].string == "first-light-vows" } ?? answer.json
        return try #require(package["priceCents"].integer)
      }
      _ = try await shop.patch("/api/v1/admin" + path, #"{"priceCents":0}"#, as: .willowStaff)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for reader in 0..<8 {
          group.addTask {
            var newest = 0
            for round in 0..<150 {
              let seen = try price(try await shop.get((round + reader) % 2 == 0 ? path : "/packages"))
              #expect(seen >= newest, "a reader saw version \(seen) after \(newest)")
              newest = seen
            }
          }
        }
        for version in 1...100 {
          let written = try await shop.patch(
            "/api/v1/admin" + path, #"{"priceCents":\#(version)}"#, as: .willowStaff)
          #expect(written.status == 200)
          #expect(try price(try await shop.get(path)) == version)
          #expect(try price(try await shop.get("/packages")) == version)
        }
        try await group.waitForAll()
      }
    }
  }
}
