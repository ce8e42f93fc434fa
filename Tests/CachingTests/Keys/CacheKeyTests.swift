import Caching
import Kernel
import Testing

@Suite("Cache keys")
struct CacheKeyTests {
  private let tenant = CacheScope.tenant(TenantID(UniqueID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001)))

  /// What a key is made of, compared by bytes: Swift takes é as one scalar and as two for equal.
  private struct Parts: Hashable {
    let bytes: [[UInt8]]

    init(_ texts: [String]) { bytes = texts.map { Array($0.utf8) } }
  }

  @Test("A key is its namespace, its owner, its resource and its parts")
  func text() {
    #expect(
      CacheKey("catalog", tenant, "packages", ["de", "1"]).text
        == "catalog:01900000-0000-7000-8000-000000000001:packages:de:1")
    #expect(CacheKey("keys", .platform, "abc").text == "keys:platform:abc")
    #expect(CacheKey("a:b", .platform, "", ["ä", "%", "-._~"]).text == "a%3Ab:platform::%C3%A4:%25:-._~")
    #expect(CacheKey("a", .platform, "b").description == "a:platform:b")
  }

  @Test("Different parts never make the same key, whatever they hold", arguments: 0..<8)
  func injective(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let pieces = [":", "%", "3", "A", "a", "%3A", "{", "}", "*", " ", "\n", "\0", "é", "e\u{301}", "🎉", "25"]
    var known: [String: Parts] = [:]
    var texts: [Parts: String] = [:]
    for _ in 0..<20_000 {
      let count = 2 + Int.random(in: 0...2, using: &random)
      let parts = (0..<count).map { _ in random.text(of: pieces, length: 2) }
      let scope = Bool.random(using: &random) ? tenant : .platform
      let key = CacheKey(parts[0], scope, parts[1], Array(parts[2...]))
      let identity = Parts([scope.text] + parts)
      try #require(known[key.text, default: identity] == identity, "\(key.text) is the key of two")
      try #require(texts[identity, default: key.text] == key.text, "\(parts) has two keys")
      known[key.text] = identity
      texts[identity] = key.text
    }
    #expect(known.count > 5000, "too few different keys to say anything")
  }

  @Test("A key holds nothing that a store, a pattern or a protocol takes for something else", arguments: 0..<4)
  func alphabet(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let scalars = (0..<0x250).compactMap { UnicodeScalar($0).map { String(Character($0)) } }
    for _ in 0..<2000 {
      let parts = (0..<3).map { _ in random.text(of: scalars, length: 6) }
      let key = CacheKey(parts[0], tenant, parts[1], [parts[2]])
      let special = key.text.utf8.filter { byte in
        let character = Character(UnicodeScalar(byte))
        return !(character.isASCII && (character.isLetter || character.isNumber || "-._~:%".contains(character)))
      }
      try #require(special.isEmpty, "\(key.text) holds something special")
      let separators = key.text.utf8.filter { $0 == UInt8(ascii: ":") }.count
      try #require(separators == 3, "a part of \(key.text) holds a separator")
    }
  }

  @Test("The owner stands second in every key, between braces where the store hashes by them", arguments: 0..<4)
  func stored(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2000 {
      let pieces = ["{", "}", ":", "a", "%", "platform", tenant.text]
      let parts = (0..<3).map { _ in random.text(of: pieces, length: 3) }
      let scope = Bool.random(using: &random) ? tenant : .platform
      let key = CacheKey(parts[0], scope, parts[1], [parts[2]])
      let segments = key.text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      try #require(segments.count == 4)
      try #require(segments[1] == scope.text)
      try #require(key.stored(prefix: "p", braces: false) == "p:\(key.text)")
      try #require(
        key.stored(prefix: "p", braces: true) == "p:\(segments[0]):{\(scope.text)}:\(segments[2]):\(segments[3])")
    }
  }

  @Test("Equal keys are equal whatever their tags, and hash alike")
  func equality() {
    let key = CacheKey("a", tenant, "b", tags: ["x"])
    #expect(key == CacheKey("a", tenant, "b", tags: ["y"]))
    #expect(key.hashValue == CacheKey("a", tenant, "b").hashValue)
    #expect(key != CacheKey("a", .platform, "b"))
    #expect(Set([key, CacheKey("a", tenant, "b"), CacheKey("a", tenant, "b", [""])]).count == 2)
  }
}
