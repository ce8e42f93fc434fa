import Testing

@testable import Bootstrap
@testable import HTTPAdapter

@Suite("Writes that load the new answers")
struct WriteThroughTests {
  private static let staffWrites = [
    ("packages/first-light-vows", #"{"priceCents": 1}"#, ["packages", "packages/first-light-vows"]),
    ("segments/coast", #"{"name": "Shore"}"#, ["segments", "segments/coast", "packages"]),
  ]

  @Test("Written through, the next reads load nothing and show what was written", arguments: staffWrites)
  func through(_ path: String, _ patch: String, _ reads: [String]) async throws {
    try await Shop.open(["CACHE_WRITE_MODE": "through"]) { (shop: Shop) async throws in
      #expect(try await shop.patch("/api/v1/admin/" + path, patch, as: .willowStaff).status == 200)
      let loads = shop.preset.cache.getStats().loads
      for read in reads { #expect(try await shop.get("/api/v1/" + read, as: .willow).status == 200) }
      // The storefront's key, which no write loads.
      #expect(shop.preset.cache.getStats().loads <= loads + 1)
      let changed = try await shop.get("/api/v1/" + path, as: .willow).text
      #expect(changed.contains(#""priceCents":1,"#) || changed.contains(#""name":"Shore""#))
    }
  }

  @Test("An import written through loads the list and the packages of the file at once")
  func imported() async throws {
    try await Shop.open(["CACHE_WRITE_MODE": "through"]) { (shop: Shop) async throws in
      let rows = (0..<30).map { "new-\($0),New,\($0),published" }
      let file = (["slug,title,priceCents,status"] + rows).joined(separator: "\n")
      let answer = try await shop.post(
        "/api/v1/admin/packages/import?format=csv", file, as: .willowStaff, [.contentType: "text/csv"])
      #expect(answer.status == 200)
      _ = try await shop.get("/api/v1/venues", as: .willow)
      let loads = shop.preset.cache.getStats().loads
      for number in 0..<30 {
        #expect(try await shop.get("/packages/new-\(number)", as: .willow).text.contains("\"priceCents\":\(number),"))
      }
      #expect(try await shop.get("/packages", as: .willow).status == 200)
      #expect(shop.preset.cache.getStats().loads == loads)
    }
  }

  @Test("Without, the first read after a write loads")
  func invalidate() async throws {
    try await Shop.open { (shop: Shop) async throws in
      _ = try await shop.get("/api/v1/packages", as: .willow)
      _ = try await shop.patch("/api/v1/admin/packages/first-light-vows", #"{"priceCents": 1}"#, as: .willowStaff)
      let loads = shop.preset.cache.getStats().loads
      _ = try await shop.get("/api/v1/packages", as: .willow)
      #expect(shop.preset.cache.getStats().loads == loads + 1)
    }
  }
}
