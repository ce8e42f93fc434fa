import Caching
import NIOCore

extension CacheStoreContract {
  static var lifetimes: [Rule] {
    [
      Rule("A value without a time to live stays") { subject in
        try await subject.set(subject.key("value"), "x")
        try requireEqual(try await subject.store.timeToLive(subject.key("value")), .forever, "the time to live")
        try await subject.pass(.milliseconds(1100))
        try requireEqual(try await subject.text(subject.key("value")), "x", "the value after a while")
      },
      Rule("A value is gone when its time to live has passed, and not before") { subject in
        let key = subject.key("value")
        try await subject.set(key, "x", timeToLive: .milliseconds(1500))
        try await subject.pass(.milliseconds(300))
        try requireEqual(try await subject.text(key), "x", "the value before its end")
        try await subject.pass(.milliseconds(1300))
        try requireEqual(try await subject.text(key), nil, "the value after its end")
        try requireEqual(try await subject.store.timeToLive(key), .absent, "the time to live after the end")
        try requireEqual(try await subject.store.delete(key), false, "an expired key counted as deleted")
      },
      Rule("Values of one call keep their own times to live") { subject in
        let keys = ["short", "long", "forever"].map { subject.key($0) }
        let lives: [Duration?] = [.milliseconds(400), .seconds(100), nil]
        try await subject.store.set(zip(keys, lives).map { StoredValue($0, ByteBuffer(string: "x"), timeToLive: $1) })
        try await subject.pass(.milliseconds(500))
        let found = try await subject.store.get(keys)
        try requireEqual(found.map { $0 != nil }, [false, true, true], "what is left")
      },
      Rule("The rest of a time to live is told, and becomes less") { subject in
        let key = subject.key("value")
        try await subject.set(key, "x", timeToLive: .seconds(100))
        try requireRest(try await subject.store.timeToLive(key), in: .seconds(90)...(.seconds(100)))
        try await subject.pass(.milliseconds(500))
        try requireRest(try await subject.store.timeToLive(key), in: .seconds(90)...(.milliseconds(99_501)))
      },
      Rule("Setting a value anew replaces its time to live, and ends it where there is none") { subject in
        let key = subject.key("value")
        try await subject.set(key, "x", timeToLive: .seconds(100))
        try await subject.set(key, "x", timeToLive: .seconds(1000))
        try requireRest(try await subject.store.timeToLive(key), in: .seconds(900)...(.seconds(1000)))
        try await subject.set(key, "x")
        try requireEqual(try await subject.store.timeToLive(key), .forever, "the time to live")
      },
      Rule("A value whose time is up leaves nothing, not even the one it replaces") { subject in
        for life in [Duration.zero, .seconds(-5)] {
          try await subject.set(subject.key("value"), "old")
          try await subject.set(subject.key("value"), "new", timeToLive: life)
          try requireEqual(try await subject.text(subject.key("value")), nil, "a value with \(life) to live")
        }
      },
      Rule("A time to live below a millisecond is no error") { subject in
        try await subject.set(subject.key("value"), "x", timeToLive: .microseconds(300))
        try await subject.pass(.milliseconds(20))
        try requireEqual(try await subject.text(subject.key("value")), nil, "the value")
      },
    ]
  }

  /// Stops a check unless a time to live ends, and after one of these durations.
  static func requireRest(
    _ actual: RemainingTime, in expected: ClosedRange<Duration>, file: StaticString = #fileID, line: UInt = #line
  ) throws {
    guard case .expires(let rest) = actual, expected.contains(rest) else {
      throw ContractViolation(description: "time to live: \(actual), expected \(expected) (\(file):\(line))")
    }
  }
}
