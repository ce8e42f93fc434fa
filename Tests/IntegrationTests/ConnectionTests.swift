import TestServers
import Testing

@testable import Bootstrap
@testable import HTTPAdapter

@Suite("Requests that are not well-formed HTTP")
struct ConnectionTests {
  static let head = "GET /packages HTTP/1.1\r\nHost: x\r\nX-Tenant-Key: \(Sender.key("pk", "willow"))\r\n"
  static let post =
    "POST /api/v1/admin/venues HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(Sender.key("sk", "willow"))\r\n"

  @Test(
    "They get a problem with 400, or the connection closes; the server goes on",
    arguments: [
      "nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", head + "Bad Header\r\n\r\n",
      post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", post + "Content-Length: -1\r\n\r\n",
      head + "X-Long: \(String(repeating: "a", count: 100_000))\r\n\r\n",
      head + String(repeating: "X-Many: 1\r\n", count: 1_000) + "\r\n",
    ])
  func malformed(_ request: String) async throws {
    try await Shop.open { (shop: Shop) async throws in
      let answer = try await shop.raw(request)
      if !answer.isEmpty {
        #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer.prefix(80))")
        if answer.contains("application/problem+json") { #expect(answer.contains("malformed_request")) }
      }
      #expect(try await shop.get("/packages").status == 200)
    }
  }

  @Test(
    "Bad chunks, unknown codings and hosts that are missing or there twice get 400 and the end of the connection",
    arguments: [
      post + "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n", post + "Transfer-Encoding: rot13\r\n\r\nhello",
      post + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
      "GET /packages HTTP/1.1\r\n\r\n", head + "Host: y\r\n\r\n",
      head + "\r\nGET /packages HTTP/1.1\r\nHost : x\r\n\r\n",
    ])
  func refused(_ request: String) async throws {
    try await Shop.open { (shop: Shop) async throws in
      _ = try await shop.get("/packages")
      let answer = try await shop.raw(request)
      #expect(answer.contains("HTTP/1.1 400 ") && answer.contains("malformed_request"), "\(answer.prefix(200))")
      #expect(answer.lowercased().contains("connection: close\r\n"))
      #expect(answer.components(separatedBy: "\r\nDate: ").count == answer.components(separatedBy: "HTTP/1.1 ").count)
      // What was asked before, and well, is answered before.
      #expect(answer.hasPrefix("HTTP/1.1 400 ") != request.contains("\r\n\r\nGET"))
    }
  }

  @Test(
    "A host is a name or an address, with or without a port, or nothing; others get 400, hit or not",
    arguments: [
      ("x:8080", 200), ("[::1]:80", 200), ("127.0.0.1", 200), ("", 200), ("a b", 400), ("a/b", 400), ("u@x", 400),
      ("a,b", 400), ("x:port", 400), ("x:80:80", 400), ("[::1", 400), ("h\u{e9}", 400),
    ])
  func hosts(_ host: String, _ status: Int) async throws {
    try await Shop.open { (shop: Shop) async throws in
      _ = try await shop.get("/packages")
      let head = Self.head.replacing("Host: x", with: "Host: \(host)")
      // A body, even an empty one, keeps a request from the event loop.
      for field in ["", "Content-Length: 0\r\n"] {
        let answer = try await shop.raw(head + field + "\r\n" + RawHTTP.last)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(200))")
      }
    }
  }

  @Test(
    "A client that sends all of a large body before it reads gets the answer that came early",
    arguments: [
      (post, 413), (post.replacing("willow", with: "nobody"), 401),
      (post.replacing("admin/venues", with: "admin/packages/import").replacing("willow", with: "nobody"), 401),
    ])
  func early(_ head: String, _ status: Int) async throws {
    try await Shop.open { (shop: Shop) async throws in
      let answer = try await shop.upload(head + "Connection: close\r\n", bytes: 8 << 20)
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(80))")
      #expect(answer.lowercased().contains("connection: close\r\n"))
    }
  }

  @Test("A connection of HTTP/1.0 ends with its answer, hit or not")
  func oldVersion() async throws {
    try await Shop.open { (shop: Shop) async throws in
      for _ in 0..<2 {
        let answer = try await shop.raw(Self.head.replacing("HTTP/1.1", with: "HTTP/1.0") + "\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("}"), "\(answer.prefix(80))")
        #expect(answer.lowercased().contains("connection: close\r\n"))
      }
    }
  }

  @Test("A target in absolute form names path and query as one in origin form does")
  func absoluteForm() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let head = Self.head.replacing("/packages", with: "http://x/packages?limit=1") + "Connection: close\r\n\r\n"
      let answer = try await shop.raw(head)
      #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.components(separatedBy: "\"slug\"").count >= 2)
      #expect(!answer.contains("\"nextCursor\":null"))
    }
  }

  @Test(
    "Broken escapes and bytes that are not UTF-8 get a problem that names the part", arguments: ["%zz", "%ff", "%2"])
  func escapes(_ slug: String) async throws {
    try await Shop.open { (shop: Shop) async throws in
      let head = Self.head.replacing("/packages", with: "/packages/" + slug)
      let answer = try await shop.raw(head + "Connection: close\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("\"field\":\"slug\""), "\(answer)")
    }
  }

  @Test("Requests sent at once on one connection are answered in their order")
  func pipelining() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let request = { (id: String, path: String, end: String) in
        Self.head.replacing("/packages", with: path) + "X-Request-Id: \(id)\r\n\(end)\r\n"
      }
      let answer = try await shop.raw(
        request("one", "/packages", "") + request("two", "/availability/2030-01-01", "")
          + request("three", "/packages/first-light-vows", "") + request("four", "/nowhere", "Connection: close\r\n"))
      let places = ["one", "two", "three", "four"].compactMap { id in
        answer.range(of: "X-Request-Id: \(id)\r\n")?.lowerBound
      }
      #expect(places.count == 4 && places == places.sorted())
    }
  }

  @Test("A client that waits to be told to go on is told so, unless its body is too large: then its connection ends")
  func expectation() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let body = #"{"name":"Barn","city":"Philo"}"#
      let small = try await shop.raw(
        Self.post + "Expect: 100-continue\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body)
      #expect(small.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 "), "\(small.prefix(80))")
      let large = try await shop.raw(Self.post + "Expect: 100-continue\r\nContent-Length: 2000000\r\n\r\n")
      #expect(large.hasPrefix("HTTP/1.1 413 "), "\(large.prefix(80))")
      // What came next might be the body or another request.
      #expect(large.lowercased().contains("connection: close\r\n"))
      let old = try await shop.raw(
        Self.post.replacing("HTTP/1.1", with: "HTTP/1.0")
          + "Expect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body)
      #expect(old.hasPrefix("HTTP/1.1 201 "), "HTTP/1.0 has no such word: \(old.prefix(80))")
    }
  }
}
