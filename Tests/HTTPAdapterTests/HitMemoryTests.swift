import Kernel
import NIOCore
import NIOEmbedded
import PortContracts
import Testing

@testable import HTTPAdapter

@Suite("What an event loop remembers of requests")
struct HitMemoryTests {
  private static func memory() -> HitMemory {
    HitMemory(EventLoopExecutor(EmbeddedEventLoop()), clock: ManualClock())
  }

  /// A request's bytes.
  private static func bytes(
    _ path: String = "/packages", _ fields: String = "", key: String = "pk_test_willow_00000000000000000000000000000001"
  ) -> ByteBuffer {
    ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: x\r\nX-Tenant-Key: \(key)\r\n\(fields)\r\n")
  }

  /// The request that two callers find who ask the same.
  private static func found(_ bytes: ByteBuffer) throws -> (HitRequest, HitRequest) {
    let memory = memory()
    let requests = (1...2).map { HitCaller(peer: "10.0.0.\($0)").request(bytes.readableBytesUInt8Span, memory) }
    return (try #require(requests[0]), try #require(requests[1]))
  }

  @Test("Connections that ask the same share what was read of it")
  func shared() throws {
    let (one, other) = try Self.found(Self.bytes("/packages", "Accept-Encoding: gzip\r\n"))
    #expect(one === other && one.wantsGzip)
  }

  @Test(
    "What holds a secret or a request's name, and what has more behind it, is read anew for each",
    arguments: [
      bytes("/packages", "Authorization: Bearer x\r\n"), bytes("/packages", "cookie: x\r\n"),
      bytes("/packages", "X-Booking-Token: x\r\n"), bytes("/packages", "Proxy-Authorization: x\r\n"),
      bytes("/packages", "X-Request-Id: x\r\n"), bytes("/packages", "traceparent: x\r\n"),
      bytes(key: "sk_test_willow_00000000000000000000000000000001"), bytes(key: "none"),
      ByteBuffer(string: String(buffer: bytes()) + String(buffer: bytes())),
      bytes("/packages", "X-Long: \(String(repeating: "x", count: 1024))\r\n"),
    ])
  func separate(_ bytes: ByteBuffer) throws {
    let (one, other) = try Self.found(bytes)
    #expect(one !== other && one.head.length == other.head.length)
  }

  @Test("Heads that differ in one byte are told apart")
  func distinct() throws {
    let memory = Self.memory()
    for _ in 0..<2 {
      for number in 0..<100 {
        let path = "/packages?limit=\(number)"
        let bytes = Self.bytes(path)
        let found = memory.request(bytes.readableBytesUInt8Span)
        let request = try #require(found)
        let (target, isItsBegin) = (
          String(bytes.readableBytesUInt8Span, request.head.target), request.begins(bytes.readableBytesUInt8Span)
        )
        #expect(target == path && isItsBegin)
      }
    }
  }
}
