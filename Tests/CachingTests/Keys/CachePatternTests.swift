import Caching
import Kernel
import Testing

@Suite("Cache patterns")
struct CachePatternTests {
  private let tenant = CacheScope.tenant(TenantID(UniqueID(high: 1, low: 1)))
  private let other = CacheScope.tenant(TenantID(UniqueID(high: 1, low: 2)))

  @Test(
    "A star stands for any run of characters, and nothing else is special",
    arguments: [
      ("*", true), ("packages:*", true), ("packages:de:1", true), ("packages:de:1*", true), ("p*:*:1", true),
      ("*:de:*", true), ("**", true), ("*1", true), ("packages", false), ("packages:", false), ("packages:*:2", false),
      ("ackages:de:1", false), ("packages:de:?", false), ("packages:[d]e:1", false), ("", false),
      ("packages:de:1:*", false),
    ])
  func examples(rest: String, matches: Bool) {
    let key = CacheKey("catalog", tenant, "packages", ["de", "1"])
    #expect(CachePattern("catalog", tenant, rest).matches(key) == matches)
  }

  @Test("A pattern matches what a plain search for its pieces finds", arguments: 0..<8)
  func search(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    var matching = 0
    for _ in 0..<5000 {
      let text = random.text(of: ["a", "b", "c"], length: 8)
      let pattern = random.text(of: ["a", "b", "*", "*"], length: 6)
      let expected = Self.matches(Substring(text), Substring(pattern))
      let found = CachePattern("n", tenant, pattern).matches(CacheKey("n", tenant, text))
      try #require(found == expected, "\(pattern) and \(text)")
      if found { matching += 1 }
    }
    #expect((500...4500).contains(matching), "too few of one kind to say anything")
  }

  @Test("A pattern reaches its owner's keys only")
  func owner() {
    for scope in [other, .platform] {
      let keys = [
        CacheKey("n", scope, tenant.text), CacheKey("n", scope, "a", [tenant.text, "b"]),
        CacheKey(tenant.text, scope, "a"), CacheKey("n", scope, ":\(tenant.text):"),
      ]
      for key in keys {
        for pattern in [CachePattern("*", tenant), CachePattern("*", tenant, "*\(scope.text)*")] {
          #expect(!pattern.matches(key), "\(pattern.text) matches \(key)")
        }
      }
    }
    #expect(CachePattern("*", tenant).matches(CacheKey("n", tenant, "a")))
  }

  @Test("Only a platform pattern reaches every owner")
  func platform() {
    let pattern = CachePattern.platform("n:*:a")
    #expect(pattern.scope == nil)
    #expect([tenant, other, .platform].allSatisfy { pattern.matches(CacheKey("n", $0, "a")) })
    #expect(!pattern.matches(CacheKey("n", tenant, "b")))
    #expect(!pattern.matches(CacheKey("m", tenant, "a")))
  }

  /// The definition: a star takes nothing, or one character and then what it takes of the rest.
  private static func matches(_ text: Substring, _ pattern: Substring) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first != "*" { return text.first == first && matches(text.dropFirst(), pattern.dropFirst()) }
    return matches(text, pattern.dropFirst()) || (!text.isEmpty && matches(text.dropFirst(), pattern))
  }
}
