import Caching
import NIOCore

extension CacheStoreContract {
  static var patterns: [Rule] {
    [
      Rule("Deleting by pattern deletes what matches, counts it and leaves the rest") { subject in
        let keys = [("list", "a"), ("list", "b"), ("detail", "a"), ("listing", "a")].map { subject.key($0, $1) }
        for key in keys { try await subject.set(key, "x") }
        let count = try await subject.store.delete(matching: CachePattern("contract", subject.scope, "list:*"))
        try requireEqual(count, 2, "how many were deleted")
        let found = try await subject.store.get(keys)
        try requireEqual(found.map { $0 != nil }, [false, false, true, true], "what is left")
        try requireEqual(
          try await subject.store.delete(matching: CachePattern("*", subject.scope)), 2, "how many of the rest")
      },
      Rule("Deleting by pattern touches only its owner's keys") { subject in
        let mine = CacheKey("contract", subject.scope, "a", ["b"])
        let others = [
          CacheKey("contract", subject.neighbour, "a", ["b"]),
          CacheKey("contract", subject.neighbour, subject.scope.text, ["a"]),
          CacheKey("contract", subject.neighbour, "x:\(subject.scope.text):a"),
          CacheKey("contract", subject.neighbour, "{\(subject.scope.text)}:a"),
          CacheKey("contract:\(subject.scope.text)", subject.neighbour, "a"),
          CacheKey("contract", .platform, subject.scope.text, ["a"]),
        ]
        for key in [mine] + others { try await subject.set(key, "x") }
        for pattern in [CachePattern("*", subject.scope), CachePattern("*", subject.scope, "*a*")] {
          try await subject.set(mine, "x")
          try requireEqual(try await subject.store.delete(matching: pattern), 1, "how many \(pattern.text) deleted")
          let found = try await subject.store.get(others)
          try requireEqual(found.filter { $0 == nil }.count, 0, "how many of others \(pattern.text) deleted")
        }
        try requireEqual(try await subject.store.delete(others), others.count, "how many of others were left")
      },
      Rule("In a pattern nothing but * is special") { subject in
        let key = subject.key("abc", "d")
        try await subject.set(key, "x")
        for rest in ["?bc:d", "[a]bc:d", "[^x]*", "abc.d", "abc:?", "\\abc:d", "abc:d\\", "abc:[a-z]", "", "abc"] {
          let count = try await subject.store.delete(matching: CachePattern("contract", subject.scope, rest))
          try requireEqual(count, 0, "how many \(rest) deleted")
        }
        for rest in ["abc:d", "*", "**", "a*d", "*b*:*", "abc:d*", "*abc:d"] {
          try await subject.set(key, "x")
          let count = try await subject.store.delete(matching: CachePattern("contract", subject.scope, rest))
          try requireEqual(count, 1, "how many \(rest) deleted")
        }
      },
      Rule("A platform pattern reaches every owner") { subject in
        let namespace = "contract-\(subject.tenant)"
        let scopes = [subject.scope, subject.neighbour, .platform]
        for scope in scopes { try await subject.set(CacheKey(namespace, scope, "a"), "x") }
        try await subject.set(subject.key("a"), "x")
        let count = try await subject.store.delete(matching: .platform("\(namespace):*"))
        try requireEqual(count, 3, "how many were deleted")
        try requireEqual(try await subject.text(subject.key("a")), "x", "a key of another namespace")
      },
      Rule("More keys than fit a batch are deleted and counted, and expired ones are not") { subject in
        let keys = (0..<3000).map { subject.key("many", "\($0)") }
        try await subject.store.set(
          keys.enumerated().map { number, key in
            StoredValue(key, ByteBuffer(string: "x"), timeToLive: number < 100 ? .milliseconds(400) : nil)
          })
        try await subject.pass(.milliseconds(500))
        let count = try await subject.store.delete(matching: CachePattern("contract", subject.scope, "many:*"))
        try requireEqual(count, 2900, "how many were deleted")
        try requireEqual(try await subject.store.get(keys).filter { $0 != nil }.count, 0, "how many are left")
      },
    ]
  }

  static var scans: [Rule] {
    [
      Rule("A scan delivers the text of every key that matches and no other, whatever the batch") { subject in
        let keys = (0..<300).map { subject.key("many", "\($0)", "a:b") }
        let others = [subject.key("other"), CacheKey("contract", subject.neighbour, "many", ["0", "a:b"])]
        for key in keys + others { try await subject.set(key, "x") }
        for batch in [1, 7, 100, 10_000] {
          let found = try await subject.scan(CachePattern("contract", subject.scope, "many:*"), batch: batch)
          try requireEqual(Set(found), Set(keys.map(\.text)), "what was delivered in batches of \(batch)")
        }
        _ = try await subject.store.delete(others)
      },
      Rule("A scan does not deliver expired keys, and of nothing it delivers nothing") { subject in
        try requireEqual(try await subject.scan(CachePattern("*", subject.scope)), [], "of nothing")
        try await subject.set(subject.key("short"), "x", timeToLive: .milliseconds(400))
        try await subject.set(subject.key("long"), "x")
        try await subject.pass(.milliseconds(500))
        let found = try await subject.scan(CachePattern("*", subject.scope))
        try requireEqual(Set(found), [subject.key("long").text], "what was delivered")
      },
      Rule("A scan delivers what is there throughout while other keys come and go") { subject in
        let steady = (0..<200).map { subject.key("steady", "\($0)") }
        for key in steady { try await subject.set(key, "x") }
        let found = try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask {
            for number in 0..<2000 {
              try Task.checkCancellation()
              try await subject.set(subject.key("passing", "\(number)"), "x")
              _ = try await subject.store.delete(subject.key("passing", "\(number - 100)"))
            }
          }
          var found: Set<String> = []
          for _ in 0..<3 {
            found = Set(try await subject.scan(CachePattern("contract", subject.scope), batch: 10))
            let missing = steady.filter { !found.contains($0.text) }.count
            try requireEqual(missing, 0, "how many were missing")
          }
          group.cancelAll()
          return found
        }
        try require(found.count >= steady.count, "less was delivered than was there")
      },
    ]
  }
}

extension CacheStoreSubject {
  /// All keys that a scan delivers.
  fileprivate func scan(_ pattern: CachePattern, batch: Int = 100) async throws -> [String] {
    try await within("a scan") { [store] in
      try await store.scan(pattern, batch: batch).reduce(into: []) { $0 += $1 }
    }
  }
}
