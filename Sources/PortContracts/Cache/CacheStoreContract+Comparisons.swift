import Caching
import NIOCore

extension CacheStoreContract {
  static var comparisons: [Rule] {
    [
      Rule("A value that must be absent is set only where there is none") { subject in
        let key = subject.key("value")
        try await subject.requireSwap(key, nil, "first", succeeds: true)
        try await subject.requireSwap(key, nil, "second", succeeds: false)
        try requireEqual(try await subject.text(key), "first", "the value")
      },
      Rule("A value is replaced only if it is the expected one, byte for byte") { subject in
        let key = subject.key("value")
        try await subject.requireSwap(key, "x", "y", succeeds: false)
        try await subject.requireSwap(key, "", "y", succeeds: false)
        try await subject.set(key, "token")
        for other in ["toke", "token2", "Token", "token\0", ""] {
          try await subject.requireSwap(key, other, "y", succeeds: false)
        }
        try requireEqual(try await subject.text(key), "token", "the value after the refusals")
        try await subject.requireSwap(key, "token", "", succeeds: true)
        try await subject.requireSwap(key, nil, "y", succeeds: false)
        try await subject.requireSwap(key, "", "z", succeeds: true)
        try requireEqual(try await subject.text(key), "z", "the value at last")
      },
      Rule("A replaced value has the new time to live, and a refused replacement leaves the old one") { subject in
        let key = subject.key("value")
        try await subject.requireSwap(key, nil, "a", timeToLive: .seconds(100), succeeds: true)
        try await subject.requireSwap(key, nil, "b", timeToLive: .seconds(1000), succeeds: false)
        try requireRest(try await subject.store.timeToLive(key), in: .seconds(90)...(.seconds(100)))
        try await subject.requireSwap(key, "a", "b", timeToLive: .seconds(1000), succeeds: true)
        try requireRest(try await subject.store.timeToLive(key), in: .seconds(900)...(.seconds(1000)))
        try await subject.requireSwap(key, "b", "c", succeeds: true)
        try requireEqual(try await subject.store.timeToLive(key), .forever, "the time to live at last")
      },
      Rule("A value whose time has passed is absent for comparisons") { subject in
        let (key, other) = (subject.key("value"), subject.key("other"))
        try await subject.set(key, "old", timeToLive: .milliseconds(400))
        try await subject.set(other, "old", timeToLive: .milliseconds(400))
        try await subject.pass(.milliseconds(500))
        try await subject.requireSwap(key, "old", "new", succeeds: false)
        try await subject.requireSwap(key, nil, "new", succeeds: true)
        try await subject.requireDelete(other, "old", succeeds: false)
      },
      Rule("A value is deleted only if it is the expected one, byte for byte") { subject in
        let key = subject.key("value")
        try await subject.requireDelete(key, "", succeeds: false)
        try await subject.set(key, "token", timeToLive: .seconds(100))
        for other in ["toke", "token2", "Token", ""] {
          try await subject.requireDelete(key, other, succeeds: false)
        }
        try requireRest(try await subject.store.timeToLive(key), in: .seconds(90)...(.seconds(100)))
        try requireEqual(try await subject.text(key), "token", "the value after the refusals")
        try await subject.requireDelete(key, "token", succeeds: true)
        try requireEqual(try await subject.text(key), nil, "the deleted value")
        try await subject.requireDelete(key, "token", succeeds: false)
      },
      Rule("A lock with a lease passes on when the lease is over, and its old owner cannot release it") { subject in
        let lock = subject.key("lock")
        try await subject.requireSwap(lock, nil, "first", timeToLive: .milliseconds(1500), succeeds: true)
        try await subject.requireSwap(lock, nil, "second", timeToLive: .seconds(100), succeeds: false)
        try await subject.pass(.milliseconds(1600))
        try await subject.requireSwap(lock, nil, "second", timeToLive: .seconds(100), succeeds: true)
        try await subject.requireDelete(lock, "first", succeeds: false)
        try await subject.requireDelete(lock, "second", succeeds: true)
      },
    ]
  }

  static var races: [Rule] {
    [
      Rule("Of 50 that set an absent value at the same time exactly one does, and its value is there") { subject in
        let key = subject.key("race")
        let winners = try await race { try await subject.swap(key, nil, "\($0)") }
        try requireEqual(winners.count, 1, "how many won")
        try requireEqual(try await subject.text(key), winners.first.map { "\($0)" }, "the value")
      },
      Rule("Of 50 that replace the same value at the same time exactly one does, and its value is there") { subject in
        let key = subject.key("race")
        try await subject.set(key, "start")
        let winners = try await race { try await subject.swap(key, "start", "\($0)") }
        try requireEqual(winners.count, 1, "how many won")
        try requireEqual(try await subject.text(key), winners.first.map { "\($0)" }, "the value")
      },
      Rule("Of 50 that delete the same value at the same time exactly one does") { subject in
        let key = subject.key("race")
        try await subject.set(key, "start")
        let winners = try await race { _ in try await subject.compareAndDelete(key, "start") }
        try requireEqual(winners.count, 1, "how many won")
        try await subject.set(key, "start")
        let deleters = try await race { _ in try await subject.store.delete(key) }
        try requireEqual(deleters.count, 1, "how many were told that they deleted it")
      },
    ]
  }

  /// The numbers of those among 50 calls at once that were told that it was they.
  private static func race(_ attempt: @escaping @Sendable (Int) async throws -> Bool) async throws -> [Int] {
    try await atOnce(50) { try await attempt($0) ? $0 : nil }.compactMap { try $0.get() }
  }
}

extension CacheStoreSubject {
  fileprivate func swap(
    _ key: CacheKey, _ expected: String?, _ new: String, timeToLive: Duration? = nil
  ) async throws -> Bool {
    try await store.compareAndSet(
      key, expected: expected.map { ByteBuffer(string: $0) }, new: ByteBuffer(string: new), timeToLive: timeToLive)
  }

  /// Stops a check unless a replacement ends as it should.
  fileprivate func requireSwap(
    _ key: CacheKey, _ expected: String?, _ new: String, timeToLive: Duration? = nil, succeeds: Bool,
    file: StaticString = #fileID, line: UInt = #line
  ) async throws {
    let what = "whether \(expected.debugDescription) is replaced by \(new.debugDescription)"
    try requireEqual(
      try await swap(key, expected, new, timeToLive: timeToLive), succeeds, what, file: file, line: line)
  }

  /// Stops a check unless a comparing deletion ends as it should.
  fileprivate func requireDelete(
    _ key: CacheKey, _ expected: String, succeeds: Bool, file: StaticString = #fileID, line: UInt = #line
  ) async throws {
    try requireEqual(
      try await compareAndDelete(key, expected), succeeds, "whether \(expected.debugDescription) is deleted",
      file: file, line: line)
  }

  fileprivate func compareAndDelete(_ key: CacheKey, _ expected: String) async throws -> Bool {
    try await store.compareAndDelete(key, expected: ByteBuffer(string: expected))
  }
}
