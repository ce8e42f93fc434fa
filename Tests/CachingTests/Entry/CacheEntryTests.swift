import NIOCore
import Testing

@testable import Caching

@Suite("Cache entries")
struct CacheEntryTests {
  private static let key = CacheKey("n", .platform, "some resource", ["part"])
  private static let stamp = FenceStamp(
    tags: FenceTags(scope: .platform, names: ["a"]), sum: 77, trust: 3, isInDoubt: false)
  private static let life = EntryLife(
    madeAt: 5 << 26, refreshAt: 900_000_000_000, freshUntil: 1_000_000_000_000, expiresAt: 1_000_000_000_000 + 1 << 41)

  private func entry(
    _ body: String, gzip: String? = nil, isAbsent: Bool = false, value: (any Sendable)? = nil, life: EntryLife = life
  ) -> CacheEntry {
    let body = ByteBuffer(string: body)
    return CacheEntry(
      name: Self.key.text, body: body, gzip: gzip.map { ByteBuffer(string: $0) }, entityTag: EntityTag(of: body),
      isAbsent: isAbsent, value: value, stamp: Self.stamp, life: life)
  }

  @Test("An entry gives back what it was made of, whatever its length", arguments: [0, 1, 255, 256, 257, 20_000])
  func forms(length: Int) {
    let text = String(repeating: "é", count: length / 2) + (length.isMultiple(of: 2) ? "" : "x")
    for gzip in [nil, "small"] {
      let entry = entry(text, gzip: gzip, isAbsent: length == 0)
      #expect(String(buffer: entry.body) == text)
      #expect(entry.gzip.map { String(buffer: $0) } == gzip)
      #expect(entry.bodyLength == length)
      #expect(entry.isAbsent == (length == 0))
      #expect(entry.entityTag == EntityTag(of: ByteBuffer(string: text)))
      #expect(entry.stamp == Self.stamp)
      #expect(entry.name == Self.key.text)
      #expect(entry.isNamed(Self.key))
      #expect(!entry.isNamed(CacheKey("n", .platform, "some resource", ["pact"])))
      #expect(!entry.isNamed(CacheKey("n", .platform, "some resource", ["part", "2"])))
    }
  }

  @Test("A long answer is given as it is in memory, each time the same bytes")
  func sharing() {
    let entry = entry(String(repeating: "x", count: 5000))
    func address(_ buffer: ByteBuffer) -> UInt { buffer.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) } }
    #expect(address(entry.body) == address(entry.body))
    #expect(address(entry.body) == address(entry.with(Self.stamp, .forever(from: 0)).body))
  }

  @Test("A kept value is there for its type alone, also beside a short answer")
  func value() {
    #expect(entry("1", value: 42).value(as: Int.self) == 42)
    #expect(entry("1", value: 42).value(as: String.self) == nil)
    #expect(entry("1").value(as: Int.self) == nil)
  }

  @Test("A key too long to stand in an entry makes it nameless, so that it is not kept")
  func longKey() async throws {
    let key = CacheKey("n", .platform, String(repeating: "k", count: 70_000))
    let body = ByteBuffer(string: "1")
    let entry = CacheEntry(
      name: key.text, body: body, gzip: nil, entityTag: EntityTag(of: body), isAbsent: false, value: nil,
      stamp: Self.stamp, life: Self.life)
    #expect(entry.isNameless && !entry.isNamed(key))
    #expect(String(buffer: entry.body) == "1")
  }

  @Test("The moment from which an entry is stale is exact; the others are right to a part in 33 million")
  func life() {
    #expect(entry("1").life == Self.life)
    #expect(entry("1", life: .forever(from: 0)).life == .forever(from: 0))
    let odd = EntryLife(
      madeAt: 0, refreshAt: 123_456_789_123, freshUntil: 987_654_321_987_654, expiresAt: 1_987_654_321_987_653)
    let kept = entry("1", life: odd).life
    #expect(kept.freshUntil == odd.freshUntil)
    #expect(kept.refreshAt <= odd.refreshAt && odd.refreshAt - kept.refreshAt < 987_654_321_987_654 >> 24)
    #expect(kept.expiresAt <= odd.expiresAt && odd.expiresAt - kept.expiresAt < 1_000_000_000_000_000 >> 24)
    #expect(entry("1", life: EntryLife(madeAt: 0, refreshAt: 5, freshUntil: 5, expiresAt: .max)).expiresAt == .max)
  }

  @Test("What is known of an entry takes 64 bytes")
  func size() {
    #expect(MemoryLayout<CacheEntry.Header>.size <= 64)
  }
}

@Suite("Short ticks")
struct ShortTicksTests {
  @Test("A time survives to a part in 33 million, on the side that is asked for", arguments: UInt64(0)..<62)
  func accuracy(bit: UInt64) {
    let power: UInt64 = 1 << bit
    for ticks in [power, power - 1, power | 1, power | power >> 1 | 5] {
      let (down, up) = (ShortTicks(ticks, roundsUp: false).ticks, ShortTicks(ticks, roundsUp: true).ticks)
      #expect(down <= ticks && ticks - down <= ticks >> 25)
      #expect(up >= ticks && up - ticks <= ticks >> 24)
      if ticks < 1 << 26 { #expect(down == ticks && up == ticks) }
    }
  }

  @Test("Times of 146 years and more have no end")
  func longest() {
    for isUp in [true, false] {
      #expect(ShortTicks(1 << 62, roundsUp: isUp).ticks == .max)
      #expect(ShortTicks(.max, roundsUp: isUp).ticks == .max)
    }
  }
}
