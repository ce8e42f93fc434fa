import NIOCore
import Testing

@testable import HTTPAdapter

@Suite("Heads that are read before the decoder")
struct PlainHeadTests {
  static let line = "GET /packages?limit=3 HTTP/1.1\r\n"
  static let host = "Host: example.com:8080\r\n"

  private static func read(_ text: String) -> (head: PlainHead, at: (PlainHead.Place) -> String)? {
    let bytes = ByteBuffer(string: text)
    guard let head = PlainHead(bytes.readableBytesUInt8Span) else { return nil }
    return (head, { String(bytes.readableBytesUInt8Span, $0) })
  }

  @Test("Names are found in any case, values without the blanks around them")
  func fields() throws {
    let (head, text) = try #require(
      Self.read(
        "HEAD /a HTTP/1.1\r\nhOST:x\r\nx-TENANT-key: \tpk_1 \t\r\nAccept-Encoding:gzip, br\r\nif-none-match: \"a\"\r\n"
          + "X-Request-Id: r\r\nOrigin: o\r\nForwarded: for=1\r\nX-Forwarded-For: 2\r\nConnection: Keep-Alive\r\n"
          + "X-Else: \r\n\r\nGET /next"))
    #expect(head.isHead && text(head.target) == "/a" && text(head.tenantKey) == "pk_1")
    #expect(text(head.acceptEncoding) == "gzip, br" && text(head.ifNoneMatch) == "\"a\"")
    #expect(text(head.requestID) == "r" && text(head.origin) == "o")
    #expect(text(head.forwarded) == "for=1" && text(head.forwardedFor) == "2")
    #expect(text(head.length..<head.length + 9) == "GET /next")
  }

  @Test("A head that is not whole is none, wherever it ends")
  func partial() {
    let whole = Self.line + Self.host + "X-Tenant-Key: k\r\n\r\n"
    for length in 0..<whole.utf8.count {
      #expect(Self.read(String(decoding: whole.utf8.prefix(length), as: UTF8.self)) == nil)
    }
    #expect(Self.read(whole)?.head.length == whole.utf8.count)
  }

  @Test(
    "Whatever could be read in two ways, has a body or is not for the cache is none",
    arguments: [
      "POST / HTTP/1.1\r\n" + host,
      "get / HTTP/1.1\r\n" + host,
      "GET / HTTP/1.0\r\n" + host,
      "GET  / HTTP/1.1\r\n" + host,
      "GET / HTTP/1.1 \r\n" + host,
      "GET /a b HTTP/1.1\r\n" + host,
      "GET /a#b HTTP/1.1\r\n" + host,
      "GET http://x/ HTTP/1.1\r\n" + host,
      "GET * HTTP/1.1\r\n" + host,
      "GET /\u{e9} HTTP/1.1\r\n" + host,
      "GET / HTTP/1.1\n" + host,
      "\r\n" + line + host,
      line,
      line + host + host,
      line + "Host:\r\n",
      line + "Host: a/b\r\n",
      line + "Host: a@b\r\n",
      line + "Host: a:b\r\n",
      line + "Host: [::1\r\n",
      line + host + "Content-Length: 0\r\n",
      line + host + "content-length:5\r\n",
      line + host + "Transfer-Encoding: chunked\r\n",
      line + host + "TRANSFER-ENCODING: identity\r\n",
      line + host + "Expect: 100-continue\r\n",
      line + host + "Upgrade: h2c\r\n",
      line + host + "HTTP2-Settings: x\r\n",
      line + host + "Connection: close\r\n",
      line + host + "Connection: keep-alive, X\r\n",
      line + host + "X-Tenant-Key: a\r\nX-Tenant-Key: a\r\n",
      line + host + "X-Tenant-Key:\r\n",
      line + host + "Accept-Encoding: a\r\nAccept-Encoding: b\r\n",
      line + host + "X : y\r\n",
      line + host + ": y\r\n",
      line + host + "X\r\n",
      line + host + "X: y\r\n folded\r\n",
      line + host + " X: y\r\n",
      line + host + "X: a\nY: b\r\n",
      line + host + "X: a\rb\r\n",
      line + host + "X: a\0b\r\n",
      line + host + "X: \u{e9}\r\n",
      line + host + "X(: y\r\n",
    ])
  func refused(_ head: String) {
    #expect(Self.read(head + "\r\n") == nil)
  }

  @Test(
    "A host is a name or an address, with or without a port",
    arguments: [
      ("", true), ("example.com", true), ("a_b-c.d:8080", true), ("127.0.0.1:", true), ("[2001:db8::1]", true),
      ("[::1]:443", true), ("a%20b", true), ("a b", false), ("a/b", false), ("a?b", false), ("u@a", false),
      ("a,b", false), ("a:80x", false), ("a:8:0", false), ("::1", false), ("[]", false), ("[::1", false),
      ("[::1]x", false), ("[x]", false), ("a]", false), ("\u{e9}", false), ("a\t", false),
    ])
  func hostForm(_ text: String, _ isHost: Bool) { #expect(HostForm.isMet(by: text) == isHost) }

  @Test("Heads of more than 100 fields or 8 KiB are none")
  func bounds() {
    let field = "X: y\r\n"
    #expect(Self.read(Self.line + Self.host + String(repeating: field, count: 99) + "\r\n") != nil)
    #expect(Self.read(Self.line + Self.host + String(repeating: field, count: 100) + "\r\n") == nil)
    let long = { "X: \(String(repeating: "y", count: $0))\r\n\r\n" }
    #expect(Self.read(Self.line + Self.host + long(8_000)) != nil)
    #expect(Self.read(Self.line + Self.host + long(8_200)) == nil)
  }
}
