import Caching
import NIOCore

extension CacheServiceContract {
  static var entries: [Rule] {
    [
      Rule("A value that was set is got, until it is set anew or removed") { subject in
        let (key, other) = (subject.key("a"), subject.key("b"))
        try requireEqual(await subject.cached(key), nil, "a value that was never set")
        try await subject.service.set(key, to: "1", policy: .forever)
        try await subject.service.set(other, to: "other", policy: .forever)
        try requireEqual(await subject.cached(key), "1", "the value")
        try await subject.service.set(key, to: "2", policy: .forever)
        try requireEqual(await subject.cached(key), "2", "the value set anew")
        await subject.service.del(key)
        try requireEqual(await subject.cached(key), nil, "the removed value")
        try requireEqual(await subject.cached(other), "other", "another value")
      },
      Rule("Several keys are removed at once, absent ones among them") { subject in
        let keys = ["a", "b", "c"].map { subject.key($0) }
        for key in keys.dropLast() { try await subject.service.set(key, to: "x", policy: .forever) }
        await subject.service.del(keys)
        for key in keys { try requireEqual(await subject.cached(key), nil, "a removed value") }
      },
      Rule("A value that was stored as another type is not there") { subject in
        let key = subject.key("a")
        for policy in [CachePolicy.forever, CachePolicy(timeToLive: nil, keepsValue: true)] {
          try await subject.service.set(key, to: "text", policy: policy)
          try requireEqual(await subject.service.get(key, as: Int.self), nil, "a text as a number")
          try requireEqual(await subject.cached(key), "text", "a text as a text")
        }
      },
      Rule("A value that cannot be encoded is refused with an EncodingError and not stored") { subject in
        let key = subject.key("a")
        do {
          try await subject.service.set(key, to: Double.nan, policy: .forever)
          throw ContractViolation(description: "a value that JSON does not know was accepted")
        } catch is EncodingError {
        }
        try require(subject.service.peek(key) == nil, "it was stored")
      },
      Rule("A look tells the valid entry of a key, and never loads") { subject in
        let (key, origin) = (subject.key("a"), Origin("x"))
        try require(subject.service.peek(key) == nil, "an entry was there before the load")
        try requireEqual(origin.loads, 0, "loads after looking")
        _ = try await subject.read(key, origin, CachePolicy(timeToLive: .seconds(10), jitter: 0))
        try requireEqual(subject.service.peek(key).map { String(buffer: $0.body) }, "\"x\"", "the entry's body")
        subject.clock.advance(by: .seconds(10))
        try require(subject.service.peek(key) == nil, "an expired entry was told")
        try requireEqual(origin.loads, 1, "loads in all")
      },
      Rule("Flushing removes what matches, counts it, and leaves the rest and other owners") { subject in
        let keys = ["list", "lists", "detail"].map { subject.key($0) }
        let theirs = CacheKey("contract", subject.neighbour, "list")
        for key in keys + [theirs] { try await subject.service.set(key, to: "x", policy: .forever) }
        try requireEqual(
          await subject.service.flush(CachePattern("contract", subject.scope, "list*")), 2, "how many were removed")
        let left = (keys + [theirs]).map { subject.service.peek($0) != nil }
        try requireEqual(left, [false, false, true, true], "what is left")
        try requireEqual(await subject.service.flush(CachePattern("*", subject.scope)), 1, "how many of the rest")
        try require(subject.service.peek(theirs) != nil, "another owner's entry was removed")
      },
      Rule("A cache hands out the loaded value itself where the policy keeps it") { subject in
        for keeps in [true, false] {
          let key = subject.key("keeps \(keeps)")
          let policy = CachePolicy(timeToLive: nil, keepsValue: keeps)
          try await subject.service.set(key, to: "text", policy: policy)
          try requireEqual(await subject.cached(key), "text", "the value")
          try requireEqual(subject.service.peek(key)?.value(as: String.self), keeps ? "text" : nil, "the kept value")
        }
      },
    ]
  }
}
