import Caching
import Kernel
import Testing

@testable import RedisAdapter

@Suite("Keys as Redis holds them")
struct StoredKeyTests {
  let tenant = TenantID.fresh()
  let parts = ["", "a", "ab", ":", "*", "{", "}", "[a]", "?", "\\", "^", "-", " ", "é", "generation"]

  @Test("A key is taken apart into what it was put together from", arguments: ["tenantry", "a:b", "[x]*?\\"])
  func roundTrip(_ prefix: String) throws {
    for first in parts {
      for second in parts {
        let key = CacheKey("n\(first)", .tenant(tenant), first, [second])
        let stored = try #require(StoredKey(key.stored(prefix: prefix, braces: true), prefix: "\(prefix):"))
        #expect(stored.text == key.text)
        #expect(stored.owner == tenant.description)
      }
    }
  }

  @Test("What is no key of this store is not taken for one")
  func strangers() {
    for name in ["", "a", "a:b:c", "a:{}:c", "a:{b:c", "a:b}:c", "a:{b}", "limit:a:{b}:c:60000"] {
      #expect(StoredKey("p:\(name)", prefix: "p:") == nil, "\(name)")
      #expect(StoredKey("q:a:{b}:c", prefix: "p:") == nil)
    }
  }

  @Test("A pattern matches the same keys here as elsewhere")
  func patterns() {
    let other = CacheScope.tenant(.fresh())
    let scopes = [CacheScope.tenant(tenant), other, .platform]
    let keys = scopes.flatMap { scope in
      parts.flatMap { first in parts.map { CacheKey(first, scope, $0, [scopes[0].text, first]) } }
    }
    let texts = parts + ["a*", "*a", "*:*", "a:*b", "*:\(scopes[0].text):*", "%3A", "\(scopes[0].text)"]
    let patterns = texts.flatMap { text in
      [CachePattern(text, scopes[0]), CachePattern("*", scopes[0], text), CachePattern("a", scopes[0], text)]
        + [CachePattern.platform(text), .platform("a:\(text)"), .platform("a:*:\(text)")]
    }
    var matches = 0
    for pattern in patterns {
      let match = StoredKeyMatch(pattern, prefix: "p")
      for key in keys where key.namespace != "generation" {
        let isMatch = match.text(key.stored(prefix: "p", braces: true)) == key.text
        #expect(isMatch == pattern.matches(key), "\(pattern.text) \(key)")
        if isMatch { matches += 1 }
      }
    }
    #expect(matches > 1000)
  }

  @Test("Generations and limits are reached by no pattern")
  func internals() {
    let generation = CacheTag.all(.platform).key("generation").stored(prefix: "p", braces: true)
    #expect(StoredKeyMatch(.platform("*"), prefix: "p").text(generation) == nil)
    #expect(StoredKeyMatch(.platform("*"), prefix: "p").text("p:limit:a:{platform}:b:60000") == nil)
  }

  @Test(
    "The glob for Redis is as narrow as the pattern allows",
    arguments: [
      (CachePattern("a", .platform, "b*"), "p:a:{platform}:b*"), (CachePattern("*", .platform), "p:*:{platform}:*"),
      (CachePattern("a", .platform, "[b]?"), "p:a:{platform}:\\[b\\]\\?"), (.platform("a:*"), "p:a:*"),
      (.platform("*"), "p:*"), (.platform("a*:b"), "p:*"),
    ])
  func globs(_ pattern: CachePattern, glob: String) { #expect(StoredKeyMatch(pattern, prefix: "p").glob == glob) }
}
