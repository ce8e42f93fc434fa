import Caching
import NIOCore

extension CacheStoreContract {
  /// Texts that mean something in keys, patterns, protocols or character sets.
  static let hostileTexts = [
    "", ":", "::", "*", "**", "?", "{", "}", "{}", "{a}", "[a]", "\\", "/", " ", "%", "%3A", "%25", "\n", "\r\n", "\0",
    "\t", "\u{7F}", "🎉", "é", "e\u{301}", "ä:{*} %\n", "platform", "a", "A",
  ]

  static var isolation: [Rule] {
    [
      Rule("Keys of hostile parts never meet each other") { subject in
        let keys = hostileKeys(subject.scope)
        try await subject.store.set(keys.enumerated().map { StoredValue($1, ByteBuffer(string: "\($0)")) })
        let found = try await subject.store.get(keys)
        for (number, value) in found.enumerated() {
          try requireEqual(value.map { String(buffer: $0) }, "\(number)", "the value of \(keys[number])")
        }
        try requireEqual(try await subject.store.delete(keys), keys.count, "how many keys there were")
      },
      Rule("Keys of hostile parts never reach another tenant") { subject in
        let mine = hostileKeys(subject.scope)
        let theirs = hostileKeys(subject.neighbour)
        try await subject.store.set(theirs.map { StoredValue($0, ByteBuffer(string: "theirs")) })
        try requireEqual(try await subject.store.get(mine).filter { $0 != nil }.count, 0, "foreign values read")
        try await subject.store.set(mine.map { StoredValue($0, ByteBuffer(string: "mine")) })
        let read = try await subject.store.get(theirs)
        try requireEqual(Set(read.map { $0.map { String(buffer: $0) } }), ["theirs"], "what the neighbour reads")
        try requireEqual(try await subject.store.delete(mine), mine.count, "how many of mine were deleted")
        try requireEqual(try await subject.store.delete(theirs), theirs.count, "how many of theirs were left")
      },
      Rule("A pattern of hostile text reaches no other tenant and no key that it does not spell") { subject in
        let theirs = hostileKeys(subject.neighbour)
        try await subject.store.set(theirs.map { StoredValue($0, ByteBuffer(string: "theirs")) })
        try await subject.set(subject.key("plain"), "x")
        for text in hostileTexts where !text.contains("*") {
          for pattern in [CachePattern("contract", subject.scope, text), CachePattern(text, subject.scope, "*")] {
            try requireEqual(
              try await subject.store.delete(matching: pattern), 0, "how many \(pattern.text.debugDescription) deleted")
          }
        }
        let spelled = "*:\(subject.neighbour.text):*"
        for pattern in [CachePattern("*", subject.scope, spelled), CachePattern(spelled, subject.scope)] {
          try requireEqual(try await subject.store.delete(matching: pattern), 0, "how many \(pattern.text) deleted")
        }
        try requireEqual(try await subject.store.delete(theirs), theirs.count, "how many of theirs were left")
      },
    ]
  }

  /// Keys that are different, and would not be if parts were put together as they are.
  private static func hostileKeys(_ scope: CacheScope) -> [CacheKey] {
    let pairs = hostileTexts.flatMap { first in hostileTexts.map { (first, $0) } }
    return pairs.map { CacheKey("contract", scope, $0, [$1]) } + hostileTexts.map { CacheKey("contract", scope, $0) }
      + hostileTexts.map { CacheKey("contract", scope, "a", [$0, "b"]) }
      + hostileTexts.map { CacheKey($0, scope, "namespace") }
  }
}
