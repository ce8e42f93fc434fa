import Caching

extension CacheServiceContract {
  static var resilience: [Rule] {
    [
      Rule("A value past its time is served within its grace when its load fails, and not after") { subject in
        let (key, origin) = (subject.key("a"), Origin("old"))
        let policy = CachePolicy(timeToLive: .seconds(10), jitter: 0, staleGrace: .seconds(100))
        _ = try await subject.read(key, origin, policy)
        subject.clock.advance(by: .seconds(11))
        try requireEqual(await subject.cached(key), nil, "the value without a load")
        try require(subject.service.peek(key) == nil, "a stale entry was given without a load")
        origin.fail(1)
        try requireEqual(try await subject.read(key, origin, policy), "old", "the value while loads fail")
        try requireEqual(subject.service.getStats().staleServes, 1, "stale serves")
        origin.write("new")
        try requireEqual(try await subject.read(key, origin, policy), "new", "the value once loads are well")
        subject.clock.advance(by: .seconds(111))
        origin.fail(2)
        do {
          _ = try await subject.read(key, origin, policy)
          throw ContractViolation(description: "a value was served after its grace")
        } catch let failure as Origin.Failure {
          try requireEqual(failure.number, 2, "the error")
        }
      },
      Rule("A value that was changed is never served stale, however its load fails") { subject in
        let (key, origin) = (subject.key("a", tags: ["t"]), Origin("old"))
        let policy = CachePolicy(timeToLive: .seconds(10), jitter: 0, staleGrace: .seconds(100))
        _ = try await subject.read(key, origin, policy)
        await subject.service.invalidate([subject.tag("t")])
        origin.fail(1)
        do {
          _ = try await subject.read(key, origin, policy)
          throw ContractViolation(description: "the value of before the change was served")
        } catch is Origin.Failure {}
      },
      Rule("A cancelled caller is not given a stale value") { subject in
        let (key, origin) = (subject.key("a"), Origin("old"))
        let policy = CachePolicy(timeToLive: .seconds(10), jitter: 0, staleGrace: .seconds(100))
        _ = try await subject.read(key, origin, policy)
        subject.clock.advance(by: .seconds(11))
        let pause = origin.pauseNext()
        let caller = Task { try await subject.read(key, origin, policy) }
        try await pause.reached.wait()
        caller.cancel()
        let outcome = await caller.result
        try require((try? outcome.get()) == nil, "the cancelled caller was given a value")
        pause.end.open()
      },
      Rule("A value near its end is served at once and loaded anew once in the background") { subject in
        let (key, origin) = (subject.key("a"), Origin("old"))
        let policy = CachePolicy(timeToLive: .seconds(100), jitter: 0, refreshThreshold: .seconds(20))
        _ = try await subject.read(key, origin, policy)
        subject.clock.advance(by: .seconds(79))
        try require(subject.service.peek(key) != nil, "the entry was due too early")
        subject.clock.advance(by: .seconds(2))
        origin.write("new")
        let pause = origin.pauseNext()
        let reads = await atOnce(50) { _ in try await subject.read(key, origin, policy) }
        for read in reads { try requireEqual(try read.get(), "old", "a value while it is refreshed") }
        try await pause.reached.wait()
        try requireEqual(origin.loads, 2, "loads with the refresh")
        pause.end.open()
        try await eventually("the refreshed value") { await subject.cached(key) == "new" }
        try requireEqual(subject.service.getStats().refreshes, 1, "refreshes")
      },
      Rule("A refresh that began before a change leaves nothing behind") { subject in
        let (key, origin) = (subject.key("a", tags: ["t"]), Origin("old"))
        let policy = CachePolicy(timeToLive: .seconds(100), jitter: 0, refreshThreshold: .seconds(20))
        _ = try await subject.read(key, origin, policy)
        subject.clock.advance(by: .seconds(81))
        let pause = origin.pauseNext()
        _ = try await subject.read(key, origin, policy)
        try await pause.reached.wait()
        _ = try await subject.service.change([subject.tag("t")]) {
          origin.write("new")
          return .committed(())
        }
        try requireEqual(try await subject.read(key, origin, policy), "new", "the value after the change")
        pause.end.open()
        for _ in 0..<20 {
          await Task.yield()
          try requireEqual(try await subject.read(key, origin, policy), "new", "the value after the refresh ended")
        }
      },
      Rule("A refresh that fails leaves the value as it is") { subject in
        let (key, origin) = (subject.key("a"), Origin("old"))
        let policy = CachePolicy(timeToLive: .seconds(100), jitter: 0)
        func read() async throws -> String? {
          try await subject.service.wrap(key, as: String.self, policy: policy, refreshThreshold: .seconds(20)) {
            try await origin.load()
          }?.value()
        }
        _ = try await read()
        subject.clock.advance(by: .seconds(90))
        origin.fail(1)
        try requireEqual(try await read(), "old", "the value")
        try await eventually("the refresh") { origin.loads == 2 }
        try requireEqual(try await read(), "old", "the value after the failed refresh")
      },
      Rule("What is left of a time to live is told, and that there is none") { subject in
        let policy = CachePolicy(timeToLive: .seconds(100), jitter: 0, staleGrace: .seconds(50))
        try requireEqual(await subject.service.ttl(subject.key("a")), .absent, "an absent value")
        try await subject.service.set(subject.key("a"), to: "1", policy: policy)
        subject.clock.advance(by: .seconds(40))
        try requireEqual(await subject.service.ttl(subject.key("a")), .expires(in: .seconds(60)), "what is left")
        subject.clock.advance(by: .seconds(60))
        try requireEqual(await subject.service.ttl(subject.key("a")), .absent, "a value within its grace")
        try await subject.service.set(subject.key("b"), to: "1", policy: .forever)
        try requireEqual(await subject.service.ttl(subject.key("b")), .forever, "a value without end")
      },
    ]
  }
}
