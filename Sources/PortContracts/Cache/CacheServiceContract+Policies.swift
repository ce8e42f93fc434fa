import Caching

extension CacheServiceContract {
  static var policies: [Rule] {
    [
      Rule("A caller with little patience is given what is past its time, and the load goes on") { subject in
        let (key, origin) = (subject.key("a"), Origin("old"))
        var policy = CachePolicy(timeToLive: .seconds(10), jitter: 0, staleGrace: .seconds(100))
        _ = try await subject.read(key, origin, policy)
        subject.clock.advance(by: .seconds(11))
        origin.write("new")
        let pause = origin.pauseNext()
        policy.softLoadLimit = .milliseconds(20)
        let patient = policy
        try requireEqual(
          try await within("the impatient caller") { try await subject.read(key, origin, patient) }, "old", "its value")
        pause.end.open()
        try await eventually("the load's end") { await subject.cached(key) == "new" }
        try requireEqual(origin.loads, 2, "loads")
      },
      Rule("A caller with little patience waits where there is nothing else to give") { subject in
        let (key, origin) = (subject.key("a"), Origin("x"))
        var policy = CachePolicy.forever
        policy.softLoadLimit = .milliseconds(5)
        let pause = origin.pauseNext()
        let patience = policy
        let caller = Task { try await subject.read(key, origin, patience) }
        try await pause.reached.wait()
        try await Task.sleep(for: .milliseconds(30))
        pause.end.open()
        try requireEqual(try await caller.value, "x", "the value")
      },
      Rule("A caller gives up at the hard limit of his own, and others go on waiting") { subject in
        let (key, origin) = (subject.key("a"), Origin("x"))
        let pause = origin.pauseNext()
        let other = Task { try await subject.read(key, origin) }
        try await pause.reached.wait()
        var policy = CachePolicy.forever
        policy.hardLoadLimit = .milliseconds(20)
        do {
          _ = try await subject.read(key, origin, policy)
          throw ContractViolation(description: "the caller was given something")
        } catch let timeout as CacheLoadTimeout {
          try requireEqual(timeout.key, key.text, "the key in the error")
        }
        pause.end.open()
        try requireEqual(try await other.value, "x", "what the other is given")
      },
      Rule("A read that skips the cache loads anew, and what it loads is stored") { subject in
        let (key, origin) = (subject.key("a"), Origin("old"))
        _ = try await subject.read(key, origin)
        origin.write("new")
        var policy = CachePolicy.forever
        policy.skipsRead = true
        try requireEqual(try await subject.read(key, origin, policy), "new", "what it is given")
        try requireEqual(await subject.cached(key), "new", "what is stored")
      },
      Rule("A read that does not store is given what is cached, and keeps nothing of what it loads") { subject in
        let (key, origin) = (subject.key("a"), Origin("x"))
        var policy = CachePolicy.forever
        policy.skipsWrite = true
        try requireEqual(try await subject.read(key, origin, policy), "x", "the value")
        try requireEqual(await subject.cached(key), nil, "what is stored")
        _ = try await subject.read(key, origin)
        origin.write("y")
        try requireEqual(try await subject.read(key, origin, policy), "x", "what is cached")
      },
      Rule("A value longer than its policy allows is given to its callers and kept nowhere") { subject in
        let (key, origin) = (subject.key("a"), Origin(String(repeating: "x", count: 1000)))
        var policy = CachePolicy.forever
        policy.maximumBytes = 1001
        try requireEqual(try await subject.read(key, origin, policy)?.count, 1000, "the length")
        try requireEqual(await subject.cached(key), nil, "what is stored")
        policy.maximumBytes = 1002
        _ = try await subject.read(key, origin, policy)
        try requireEqual(await subject.cached(key)?.count, 1000, "what is stored of one that is as long as allowed")
      },
      Rule("A value's time to live can be set anew, and ended") { subject in
        let key = subject.key("a")
        try requireEqual(await subject.service.expire(key, in: .seconds(10)), false, "of nothing")
        try await subject.service.set(key, to: "x", policy: .forever)
        try requireEqual(await subject.service.expire(key, in: .seconds(10)), true, "of a value")
        try requireEqual(await subject.service.ttl(key), .expires(in: .seconds(10)), "what is left")
        try requireEqual(await subject.service.expire(key, in: nil), true, "of a value that has one")
        try requireEqual(await subject.service.ttl(key), .forever, "what is left then")
        _ = await subject.service.expire(key, in: .seconds(10))
        subject.clock.advance(by: .seconds(11))
        try requireEqual(await subject.cached(key), nil, "the value after its time")
      },
    ]
  }
}
