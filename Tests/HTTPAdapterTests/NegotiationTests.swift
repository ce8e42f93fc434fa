import Caching
import HTTPTypes
import NIOCore
import Testing

@testable import HTTPAdapter

@Suite("Negotiation and preconditions")
struct NegotiationTests {
  @Test(
    "gzip is sent when it is accepted and not less wanted than the plain body",
    arguments: [
      ("gzip", true), ("gzip, deflate, br", true), ("br;q=1.0, gzip;q=0.8, *;q=0.1", true), ("*", true),
      ("x-gzip", true), ("GZIP", true), ("identity", false), ("gzip;q=0", false), ("gzip;q=0.5, identity;q=0.9", false),
      ("br", false), ("", false), ("*;q=0", false), ("gzip;q=0, *", false), ("identity;q=0, gzip;q=0.1", true),
    ])
  func acceptEncoding(_ field: String, _ expected: Bool) {
    #expect(ContentNegotiation.wantsGzip([.acceptEncoding: field]) == expected)
  }

  @Test("Without the field the body is sent as it is")
  func noField() { #expect(!ContentNegotiation.wantsGzip([:])) }

  @Test("If-Match compares strongly, If-None-Match weakly, and both take lists")
  func tags() {
    let tag = EntityTag(of: ByteBuffer(string: "x"))
    for field in [tag.identity, tag.gzip, "W/\(tag.identity)", "\"a\" , \(tag.gzip)", "*"] {
      #expect(Preconditions.hasCurrent(field, tag), "\(field)")
    }
    #expect(!Preconditions.hasCurrent("\"a\"", tag))
    #expect(!Preconditions.hasCurrent(nil, tag))
    for field in [tag.identity, tag.gzip, "\"a\",\(tag.identity)", "*"] {
      #expect(Preconditions.allowsWrite([.ifMatch: field], [tag]), "\(field)")
    }
    #expect(!Preconditions.allowsWrite([.ifMatch: "W/\(tag.identity)"], [tag]))
    #expect(Preconditions.allowsWrite([:], []))
  }

  @Test(
    "A trace is taken from a well-formed traceparent only",
    arguments: [
      ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
      ("00-00000000000000000000000000000000-b7ad6b7169203331-01", false),
      ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false), ("nonsense", false),
      ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false),
    ])
  func traceParent(_ field: String, _ isTrace: Bool) {
    #expect((TraceParent.traceID(field) != nil) == isTrace)
  }
}
