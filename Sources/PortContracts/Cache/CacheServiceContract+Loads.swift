import Caching

extension CacheServiceContract {
  static var loads: [Rule] {
    [
      Rule("What was loaded once is a hit from then on") { subject in
        let (key, origin) = (subject.key("a"), Origin("old"))
        for _ in 0..<3 { try requireEqual(try await subject.read(key, origin), "old", "the value") }
        origin.write("new")
        try requireEqual(try await subject.read(key, origin), "old", "the value while nobody told of a change")
        try requireEqual(await subject.cached(key), "old", "the value without a load")
        try requireEqual(origin.loads, 1, "loads")
      },
      Rule("Absence is remembered for its own time to live, and not longer") { subject in
        let (key, origin) = (subject.key("a"), Origin(nil))
        let policy = CachePolicy(timeToLive: .seconds(100), negativeTimeToLive: .seconds(5), jitter: 0)
        try requireEqual(try await subject.read(key, origin, policy), nil, "the value")
        origin.write("there now")
        subject.clock.advance(by: .milliseconds(4999))
        try requireEqual(try await subject.read(key, origin, policy), nil, "the value while its absence is remembered")
        try requireEqual(await subject.cached(key), nil, "the value without a load")
        try requireEqual(subject.service.peek(key)?.isAbsent, true, "whether the entry stands for an absence")
        try requireEqual(origin.loads, 1, "loads while the absence is remembered")
        subject.clock.advance(by: .milliseconds(1))
        try requireEqual(try await subject.read(key, origin, policy), "there now", "the value after that")
      },
      Rule("Absence is not remembered where its time to live is zero") { subject in
        let (key, origin) = (subject.key("a"), Origin(nil))
        let policy = CachePolicy(timeToLive: nil, negativeTimeToLive: .zero)
        try requireEqual(try await subject.read(key, origin, policy), nil, "the value")
        origin.write("there now")
        try requireEqual(try await subject.read(key, origin, policy), "there now", "the value after that")
      },
      Rule("What a load throws comes out and is not stored, and the next call loads again") { subject in
        let (key, origin) = (subject.key("a"), Origin(nil))
        for number in 1...2 {
          origin.fail(number)
          do {
            _ = try await subject.read(key, origin)
            throw ContractViolation(description: "the load's error did not come out")
          } catch let failure as Origin.Failure {
            try requireEqual(failure.number, number, "the error")
          }
          try require(subject.service.peek(key) == nil, "an entry was left behind")
        }
        origin.write("well again")
        try requireEqual(try await subject.read(key, origin), "well again", "the value after the failures")
      },
      Rule("A load can keep its value from being stored") { subject in
        let key = subject.key("a")
        for text in ["1", "2"] {
          let found = try await subject.service.getOrSet(key, as: String.self, policy: .forever) {
            Loaded(text, isKept: false)
          }
          try requireEqual(try found?.value(), text, "the value")
          try require(subject.service.peek(key) == nil, "it was stored")
        }
      },
    ]
  }

  static var lifetimes: [Rule] {
    [
      Rule("A value is got until its time to live has passed, and not longer") { subject in
        let (key, set) = (subject.key("a"), subject.key("b"))
        let policy = CachePolicy(timeToLive: .seconds(60), jitter: 0)
        let origin = Origin("x")
        _ = try await subject.read(key, origin, policy)
        try await subject.service.set(set, to: "y", policy: policy)
        subject.clock.advance(by: .milliseconds(59_999))
        try requireEqual([await subject.cached(key), await subject.cached(set)], ["x", "y"], "before the end")
        subject.clock.advance(by: .milliseconds(1))
        try requireEqual([await subject.cached(key), await subject.cached(set)], [nil, nil], "after the end")
        _ = try await subject.read(key, origin, policy)
        try requireEqual(origin.loads, 2, "loads")
      },
      Rule("A value without a time to live stays") { subject in
        try await subject.service.set(subject.key("a"), to: "x", policy: .forever)
        subject.clock.advance(by: .seconds(10 * 365 * 86_400))
        try requireEqual(await subject.cached(subject.key("a")), "x", "the value after ten years")
      },
      Rule("A load can shorten the time to live of its policy, and cannot lengthen it") { subject in
        let lives: [(policy: Int?, load: Int?, ends: Int)] = [(60, 5, 5), (60, 100, 60), (nil, 5, 5), (60, nil, 60)]
        for (number, life) in lives.enumerated() {
          let key = subject.key("\(number)")
          let policy = CachePolicy(timeToLive: life.policy.map { .seconds($0) }, jitter: 0)
          _ = try await subject.service.getOrSet(key, as: String.self, policy: policy) {
            Loaded("x", timeToLive: life.load.map { .seconds($0) })
          }
          subject.clock.advance(by: .seconds(life.ends) - .milliseconds(1))
          try require(subject.service.peek(key) != nil, "\(life) ended too early")
          subject.clock.advance(by: .milliseconds(1))
          try require(subject.service.peek(key) == nil, "\(life) did not end")
        }
      },
      Rule("Jitter shortens times to live, by its share at most, and not all alike") { subject in
        let policy = CachePolicy(timeToLive: .seconds(100), jitter: 0.5)
        let keys = (0..<200).map { subject.key("\($0)") }
        for key in keys { try await subject.service.set(key, to: "x", policy: policy) }
        subject.clock.advance(by: .milliseconds(49_999))
        try requireEqual(keys.filter { subject.service.peek($0) == nil }.count, 0, "how many ended too early")
        subject.clock.advance(by: .seconds(25))
        let ended = keys.filter { subject.service.peek($0) == nil }.count
        // Of 200 that end evenly spread over 50 s, half end within 25 s; fewer than 40 or more than 160 never do.
        try require((40...160).contains(ended), "\(ended) of 200 ended in the first half")
        subject.clock.advance(by: .milliseconds(25_001))
        try requireEqual(keys.filter { subject.service.peek($0) != nil }.count, 0, "how many did not end")
      },
      Rule("A time to live beyond all reckoning is no error") { subject in
        let policy = CachePolicy(timeToLive: .seconds(Int64.max), negativeTimeToLive: .seconds(Int64.max))
        try await subject.service.set(subject.key("a"), to: "x", policy: policy)
        try requireEqual(await subject.cached(subject.key("a")), "x", "the value")
        try requireEqual(try await subject.read(subject.key("b"), Origin(nil), policy), nil, "an absence")
        try require(subject.service.peek(subject.key("b")) != nil, "the absence was not remembered")
      },
    ]
  }
}
