import NIOCore
import Testing

@testable import RedisClient

@Suite("Commands on the wire")
struct RedisCommandTests {
  private func wire(_ command: RedisCommand) -> String {
    var buffer = ByteBuffer()
    command.encode(into: &buffer)
    return String(buffer: buffer)
  }

  @Test("A command is an array of bulk strings, its lengths in bytes")
  func encoding() {
    #expect(wire(.get("ключ")) == "*2\r\n$3\r\nGET\r\n$8\r\nключ\r\n")
    #expect(
      wire(RedisCommand("X", [.bytes(ByteBuffer(string: "a\r\nb")), -12, ""]))
        == "*4\r\n$1\r\nX\r\n$4\r\na\r\nb\r\n$3\r\n-12\r\n$0\r\n\r\n")
    #expect(wire(RedisCommand("PING", (0..<10).map { .integer($0) })).hasPrefix("*11\r\n"))
  }

  @Test("A life is rounded up to milliseconds and is never 0")
  func expiry() {
    let value = ByteBuffer(string: "v")
    #expect(wire(.set("k", value, expiry: .after(.microseconds(1)))).hasSuffix("$2\r\nPX\r\n$1\r\n1\r\n"))
    #expect(wire(.set("k", value, expiry: .after(.zero))).hasSuffix("$2\r\nPX\r\n$1\r\n1\r\n"))
    #expect(wire(.set("k", value, expiry: .after(.microseconds(1500)))).hasSuffix("$2\r\nPX\r\n$1\r\n2\r\n"))
    #expect(wire(.set("k", value, expiry: .keep, condition: .ifPresent)).hasSuffix("$7\r\nKEEPTTL\r\n$2\r\nXX\r\n"))
  }

  @Test("Scripts are named by SHA-1 as Redis computes it")
  func digest() {
    #expect(RedisScript("return 1").digest == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
    #expect(RedisScript("").digest == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    #expect(
      SHA1.hexadecimalDigest(of: String(repeating: "a", count: 119).utf8) == "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56")
  }

  @Test("What has an effect that counts is marked as never to be repeated")
  func effects() {
    #expect(RedisCommand.incrby("n", 1).effect == .once)
    #expect(RedisCommand("LPUSH").effect == .once)
    #expect(RedisCommand.set("k", ByteBuffer(), condition: .ifAbsent).effect == .once)
    #expect(RedisCommand.eval(RedisScript(""), byDigest: true, keys: [], arguments: []).effect == .once)
    #expect(RedisCommand.get("k").effect == .reads)
    #expect(RedisCommand.set("k", ByteBuffer()).effect == .idempotent)
  }
}
