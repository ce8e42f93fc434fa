import HTTPTypes
import NIOCore
import Testing

@testable import Bootstrap
@testable import HTTPAdapter

@Suite("The catalog over HTTP")
struct CatalogTests {
  @Test("The demo list has 20 packages and about 12 KB, in the default order")
  func list() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let answer = try await shop.get("/api/v1/packages")
      #expect(answer.status == 200)
      #expect((11_500...13_000).contains(answer.bytes.readableBytes))
      #expect(try answer.json["data"].array.count == 20)
      #expect(try answer.json["nextCursor"] == .null)
      #expect(answer.headers[.cacheControl] == "private, max-age=60, stale-while-revalidate=300")
      #expect(answer.headers[.vary] == "X-Tenant-Key, Accept-Encoding")
      let segments = try await shop.get("/api/v1/segments").json["data"].array.compactMap { $0["slug"].string }
      let order = try answer.json["data"].array.map { package in
        (
          segments.firstIndex(of: package["segment"].string ?? "") ?? .max, package["groupingOrder"].integer ?? .max,
          package["title"].string ?? ""
        )
      }
      #expect(order.elementsEqual(order.sorted { $0 < $1 }, by: ==))
    }
  }

  @Test(
    "The paths that the design names answer the same at the root",
    arguments: ["/packages", "/packages/first-light-vows"])
  func root(_ path: String) async throws {
    try await Shop.open { (shop: Shop) async throws in
      let atRoot = try await shop.get(path)
      #expect(atRoot.status == 200)
      let versioned = try await shop.get("/api/v1" + path)
      #expect(atRoot.bytes == versioned.bytes)
    }
  }

  @Test("Gzip and identity have tags of their own, and either tag gives 304 for either coding")
  func conditional() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let plain = try await shop.get("/packages")
      let gzip = try await shop.get("/packages", [.acceptEncoding: "br, gzip;q=0.8"])
      #expect(gzip.headers[.contentEncoding] == "gzip")
      #expect(gzip.bytes.readableBytes < plain.bytes.readableBytes / 3)
      let tags = [try #require(plain.headers[.eTag]), try #require(gzip.headers[.eTag])]
      #expect(tags[0] != tags[1])
      for tag in tags + ["W/" + tags[0], "\"other\", " + tags[1], "*"] {
        for coding in ["gzip", "identity"] {
          let answer = try await shop.get("/packages", [.ifNoneMatch: tag, .acceptEncoding: coding])
          #expect(answer.status == 304)
          #expect(answer.bytes.readableBytes == 0)
          #expect(answer.headers[.eTag] == tags[coding == "gzip" ? 1 : 0])
        }
      }
      #expect(try await shop.get("/packages", [.ifNoneMatch: "\"other\""]).status == 200)
      #expect(try await shop.get("/packages", [.acceptEncoding: "gzip;q=0"]).headers[.contentEncoding] == nil)
    }
  }

  @Test("HEAD answers as GET does, without the body")
  func head() async throws {
    try await Shop.open { (shop: Shop) async throws in
      for path in ["/packages", "/api/v1/packages/first-light-vows", "/api/v1/venues", "/health"] {
        let get = try await shop.get(path)
        let head = try await shop.send(.head, path, as: .willow)
        #expect(head.status == 200)
        #expect(head.bytes.readableBytes == 0)
        #expect(head.headers[.eTag] == get.headers[.eTag])
      }
    }
  }

  @Test("Nothing follows the head of an answer to HEAD, whatever it says", arguments: ["on", "off"])
  func heads(_ hotPath: String) async throws {
    try await Shop.open(["HTTP_HOT_PATH": hotPath]) { (shop: Shop) async throws in
      let paths = ["/packages", "/packages/nowhere", "/packages?limit=0", "/nowhere", "/packages?q=sea", "/bookings"]
      let requests = (paths + paths).map { path in
        "HEAD \(path) HTTP/1.1\r\nHost: x\r\nX-Tenant-Key: \(Sender.key("pk", "willow"))\r\n\r\n"
      }
      let answers = try await shop.raw(requests.joined() + "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      let heads = answers.components(separatedBy: "\r\n\r\n")
      #expect(heads.count == requests.count + 2)
      #expect(heads.last == "")
      for head in heads.dropLast() {
        #expect(head.hasPrefix("HTTP/1.1 "))
        #expect(head.lowercased().contains("content-length: "))
      }
    }
  }

  @Test("Each order sorts by what it says", arguments: ["title", "price", "-price", "newest"])
  func sort(_ order: String) async throws {
    try await Shop.open { (shop: Shop) async throws in
      let packages = try await shop.get("/packages?sort=\(order)").json["data"].array
      #expect(packages.count == 20)
      let titles = packages.compactMap { $0["title"].string }
      let prices = packages.compactMap { $0["priceCents"].integer }
      switch order {
      case "title": #expect(titles == titles.sorted())
      case "price": #expect(prices == prices.sorted())
      case "-price": #expect(prices == prices.sorted(by: >))
      default: #expect(Set(titles).count == 20)
      }
    }
  }

  @Test(
    "Pages cover the list once, also when records come and go between them", arguments: ["order", "title", "price"])
  func cursors(_ order: String) async throws {
    try await Shop.open { (shop: Shop) async throws in
      let all = try await shop.get("/packages?sort=\(order)").json["data"].array.compactMap { $0["slug"].string }
      var seen: [String] = []
      var cursor = ""
      repeat {
        let page = try await shop.get("/packages?sort=\(order)&limit=7\(cursor)").json
        seen += page["data"].array.compactMap { $0["slug"].string }
        cursor = page["nextCursor"].string.map { "&cursor=" + $0 } ?? ""
        // One that sorts before everything: it must neither shift the next page nor show in it.
        _ = try await shop.post(
          "/api/v1/admin/packages",
          #"{"slug":"early-\#(seen.count)","title":"!","priceCents":0,"status":"published","segmentSlug":"coast","#
            + #""groupingOrder":-1000}"#, as: .willowStaff)
      } while !cursor.isEmpty
      #expect(seen == all)
    }
  }

  @Test("Filters narrow the list; values that nothing has give an empty one")
  func filters() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let coast = try await shop.get("/packages?segment=coast").json["data"].array
      #expect(!coast.isEmpty && coast.allSatisfy { $0["segment"].string == "coast" })
      let sunrise = try await shop.get("/packages?segment=coast&grouping=Sunrise").json["data"].array
      #expect(!sunrise.isEmpty && sunrise.count < coast.count)
      let found = try await shop.get("/packages?q=COCOA").json["data"].array
      #expect(found.map { $0["slug"].string } == ["fern-canyon-morning"])
      for query in ["segment=nowhere", "grouping=None%20Such", "q=zzzz", "unknown=1&segment=nowhere"] {
        let answer = try await shop.get("/packages?" + query)
        #expect(answer.status == 200)
        #expect(try answer.json["data"].array.isEmpty)
      }
      #expect(try await shop.get("/packages?unknown=1").json["data"].array.count == 20)
      let cities = try await shop.get("/api/v1/venues").json["data"].array.compactMap { $0["city"].string }
      #expect(cities.count == 4 && Set(cities).count == 2)
      #expect(try await shop.get("/api/v1/venues?city=\(cities[0])").json["data"].array.count < 4)
      #expect(try await shop.get("/api/v1/add-ons").json["data"].array.count == 6)
      let ofSegment = try await shop.get("/api/v1/segments/coast/packages").json["data"].array
      #expect(ofSegment == coast)
      #expect(try await shop.get("/api/v1/segments/nowhere/packages").status == 404)
    }
  }

  @Test("The packages of a segment know no parameter for one: it is ignored, and makes no answer of its own")
  func segmentTwice() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let path = "/api/v1/segments/coast/packages"
      let coast = try await shop.get(path).bytes
      let loads = shop.preset.cache.getStats().loads
      for value in ["orchard", "nowhere", String(repeating: "a", count: 3_000)] {
        #expect(try await shop.get(path + "?segment=" + value).bytes == coast, "\(value.prefix(20))")
      }
      let broken = try await shop.raw(
        "GET \(path)?segment=%zz HTTP/1.1\r\nHost: x\r\nX-Tenant-Key: \(Sender.key("pk", "willow"))\r\n"
          + "Connection: close\r\n\r\n")
      #expect(broken.hasPrefix("HTTP/1.1 200 "), "\(broken.prefix(80))")
      #expect(shop.preset.cache.getStats().loads == loads)
    }
  }

  @Test("Storefronts see published packages and active segments, add-ons and venues only")
  func visibility() async throws {
    try await Shop.open { (shop: Shop) async throws in
      _ = try await shop.patch("/api/v1/admin/packages/first-light-vows", #"{"status":"draft"}"#, as: .willowStaff)
      _ = try await shop.patch("/api/v1/admin/packages/backyard-brave", #"{"status":"archived"}"#, as: .willowStaff)
      #expect(try await shop.get("/packages/first-light-vows").status == 404)
      #expect(try await shop.get("/packages/backyard-brave").status == 404)
      #expect(try await shop.get("/packages").json["data"].array.count == 18)
      #expect(try await shop.get("/api/v1/admin/packages/first-light-vows", as: .willowStaff).status == 200)
      _ = try await shop.patch("/api/v1/admin/add-ons/live-cello", #"{"active":false}"#, as: .willowStaff)
      let packages = try await shop.get("/packages").text
      #expect(!packages.contains("live-cello"))
      #expect(try await shop.get("/api/v1/add-ons").json["data"].array.count == 5)
      _ = try await shop.patch("/api/v1/admin/segments/orchard", #"{"active":false}"#, as: .willowStaff)
      #expect(try await shop.get("/api/v1/segments/orchard").status == 404)
      #expect(try await shop.get("/api/v1/segments").json["data"].array.count == 2)
    }
  }
}
