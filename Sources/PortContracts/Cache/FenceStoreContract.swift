package import Caching
package import Kernel
import NIOCore

/// What every implementation of ``FenceStorePort`` keeps, besides the rules of ``CacheStoreContract``.
package enum FenceStoreContract {
  typealias Rule = ContractRule<FenceStoreSubject>

  /// All rules. Each wants a new tenant; the store may be shared.
  package static var rules: [ContractRule<FenceStoreSubject>] { generations + guardedValues + doubts }

  private static var generations: [Rule] {
    [
      Rule("A generation that nobody made is missing, and minting makes it once") { subject in
        try requireEqual(try await subject.generations(), [nil, nil], "the generations of a new tenant")
        let minted = try await subject.store.mint(subject.tags)
        try requireEqual(Set(minted.map(\.nonce)).count, 2, "different nonces")
        try require(minted.allSatisfy { $0.position == nil && !$0.isInDoubt }, "a new generation knows a position")
        try requireEqual(try await subject.store.mint(subject.tags), minted, "what is minted again")
        try requireEqual(try await subject.generations(), minted, "what is read")
      },
      Rule("A bump makes a generation that never was before, and only of the tags it names") { subject in
        var seen = Set(try await subject.store.mint(subject.tags).map(\.nonce))
        let other = try await subject.generations()[1]
        for count in 0..<20 {
          let bumped = try await subject.store.bump([subject.tags[0]], by: 1, position: nil)
          seen.insert(bumped[0].nonce)
          try requireEqual(seen.count, count + 3, "different nonces")
          try requireEqual(try await subject.generations(), [bumped[0], other], "what is read")
        }
      },
      Rule("Of two positions the larger one is kept, whatever the order, and an unknown one makes it unknown") {
        subject in
        let tag = [subject.tags[0]]
        for (position, kept) in [(7, 7), (5, 7), (nil, nil), (3, 3), (9, 9)] as [(UInt64?, UInt64?)] {
          try requireEqual(try await subject.store.bump(tag, by: 1, position: position)[0].position, kept, "position")
        }
        try requireEqual(try await subject.generations()[0]?.position, 9, "the position that is read")
        _ = try await subject.store.bump(tag, by: 1, position: .max)
        try requireEqual(try await subject.generations()[0]?.position, .max, "the largest position")
      },
      Rule("Tags of other owners, and names that differ in one character, have generations of their own") { subject in
        let tags: [CacheTag] = [
          .all(.tenant(subject.tenant)), .named("all", .tenant(subject.tenant)), .named("a:b", .tenant(subject.tenant)),
          .named("a", .tenant(subject.tenant)), .named("", .tenant(subject.tenant)),
        ]
        // A tag without a name is its owner's.
        try requireEqual(Set(try await subject.store.mint(tags).map(\.nonce)).count, 4, "different generations")
      },
      Rule("Values and generations are read together, in their orders") { subject in
        let minted = try await subject.store.mint(subject.tags)
        try await subject.store.set(subject.key("a"), ByteBuffer(string: "x"))
        let reading = try await subject.store.read(
          [subject.key("b"), subject.key("a")], subject.tags.reversed())
        try requireEqual(reading.values, [nil, ByteBuffer(string: "x")], "the values")
        try requireEqual(reading.generations, minted.reversed(), "the generations")
      },
      Rule("A read that is made again and again, where the store has one, tells each time what a read tells") {
        subject in
        guard let repeated = subject.store.repeatedRead(subject.key("a"), subject.tags) else { return }
        func check(_ moment: String) async throws {
          let found = try await repeated.result()
          let reading = try await subject.store.read([subject.key("a")], subject.tags)
          try requireEqual(found.values, reading.values, "the value \(moment)")
          try requireEqual(found.generations, reading.generations, "the generations \(moment)")
        }
        try await check("before there is any")
        let minted = try await subject.store.mint(subject.tags)
        try await check("when they are made")
        _ = try await subject.put("a", "1", minted)
        try await check("when it is stored")
        try await subject.store.doubt([subject.tags[1]], by: 7, lease: .seconds(60))
        try await check("in doubt")
        _ = try await subject.store.bump([subject.tags[1]], by: 7, position: 5)
        try await check("after a bump")
        _ = try await subject.store.delete([subject.key("a")])
        try await check("when it is deleted")
      },
    ]
  }

  private static var guardedValues: [Rule] {
    [
      Rule("A value is stored only under the generations that hold") { subject in
        let minted = try await subject.store.mint(subject.tags)
        try requireEqual(try await subject.put("a", "1", minted), true, "stored under what holds")
        _ = try await subject.store.bump([subject.tags[1]], by: 1, position: nil)
        try requireEqual(try await subject.put("a", "2", minted), false, "stored under what held before")
        try requireEqual(try await subject.store.get(subject.key("a")), ByteBuffer(string: "1"), "the value")
        try requireEqual(try await subject.put("b", "1", minted), false, "stored under what held before")
        try requireEqual(try await subject.store.get(subject.key("b")), nil, "the other value")
      },
      Rule("A value is not stored under a generation that nobody made") { subject in
        let guards = [FenceGuard(subject.tags[0], nonce: 1)]
        let value = StoredValue(subject.key("a"), ByteBuffer(string: "x"))
        try requireEqual(try await subject.store.store(value, under: guards), false, "stored")
      },
      Rule("A value that is stored under generations keeps its time to live") { subject in
        let minted = try await subject.store.mint(subject.tags)
        _ = try await subject.put("a", "1", minted, timeToLive: .seconds(100))
        guard case .expires(let left) = try await subject.store.timeToLive(subject.key("a")) else {
          throw ContractViolation(description: "the value has no time to live")
        }
        try require(left > .seconds(90) && left <= .seconds(100), "\(left) are left of 100 s")
        _ = try await subject.put("b", "1", minted)
        try requireEqual(try await subject.store.timeToLive(subject.key("b")), .forever, "a value without")
      },
    ]
  }

  private static var doubts: [Rule] {
    [
      Rule("While a change is in doubt nothing is stored, and what is there stays") { subject in
        let minted = try await subject.store.mint(subject.tags)
        _ = try await subject.put("a", "1", minted)
        try await subject.store.doubt([subject.tags[0]], by: 7, lease: .seconds(100))
        try requireEqual(try await subject.generations().map { $0?.isInDoubt }, [true, false], "what is in doubt")
        try requireEqual(try await subject.put("a", "2", minted), false, "stored in doubt")
        try requireEqual(try await subject.store.mint(subject.tags).map(\.nonce), minted.map(\.nonce), "the nonces")
        try await subject.store.withdraw([subject.tags[0]], by: 7)
        try requireEqual(try await subject.generations(), minted, "the generations after it was withdrawn")
        try requireEqual(try await subject.put("a", "3", minted), true, "stored after that")
      },
      Rule("A bump ends the doubt of its own change and no other") { subject in
        _ = try await subject.store.mint(subject.tags)
        let tag = [subject.tags[0]]
        try await subject.store.doubt(tag, by: 1, lease: .seconds(100))
        try await subject.store.doubt(tag, by: 2, lease: .seconds(100))
        try requireEqual(try await subject.store.bump(tag, by: 1, position: nil)[0].isInDoubt, true, "after the first")
        try requireEqual(try await subject.store.bump(tag, by: 2, position: nil)[0].isInDoubt, false, "after both")
      },
      Rule("A change of a tag that nobody has read can be in doubt") { subject in
        try await subject.store.doubt(subject.tags, by: 1, lease: .seconds(100))
        try requireEqual(try await subject.store.mint(subject.tags).map(\.isInDoubt), [true, true], "in doubt")
        try await subject.store.withdraw(subject.tags, by: 1)
        try requireEqual(try await subject.store.mint(subject.tags).map(\.isInDoubt), [false, false], "afterwards")
      },
      Rule("What is missing is minted at the position given; what is there keeps its own") { subject in
        let minted = try await subject.store.mint(subject.tags, position: 70)
        try requireEqual(minted.map(\.position), [70, 70], "the positions of what was missing")
        _ = try await subject.store.bump([subject.tags[1]], by: 1, position: 90)
        let again = try await subject.store.mint(subject.tags, position: 80)
        try requireEqual(again.map(\.position), [70, 90], "the positions of what is there")
        try await subject.store.doubt([subject.tags[0]], by: 2, lease: .milliseconds(300))
        try await subject.pass(.milliseconds(400))
        let anew = try await subject.store.mint(subject.tags, position: 95)
        try requireEqual(anew.map(\.position), [nil, 90], "the positions after an overdue doubt")
      },
      Rule("A doubt that outlives its lease counts as a change") { subject in
        let minted = try await subject.store.mint(subject.tags)
        try await subject.store.doubt([subject.tags[0]], by: 1, lease: .milliseconds(300))
        try await subject.store.doubt([subject.tags[0]], by: 2, lease: .seconds(100))
        try await subject.pass(.milliseconds(400))
        let anew = try await subject.store.mint(subject.tags)
        try require(anew[0].nonce != minted[0].nonce, "the generation is the one of before")
        try requireEqual(anew[0].isInDoubt, true, "in doubt, for the lease that goes on")
        try requireEqual(anew[1], minted[1], "the other tag's generation")
        try await subject.store.withdraw([subject.tags[0]], by: 2)
        try requireEqual(try await subject.generations()[0]?.isInDoubt, false, "in doubt at the end")
      },
    ]
  }
}

/// A store under test, with a tenant that only this check uses.
package struct FenceStoreSubject: Sendable {
  package let store: any FenceStorePort
  package let tenant: TenantID
  /// Lets time pass for the store: moves its clock, or waits.
  package let pass: @Sendable (Duration) async throws -> Void

  /// A store under test; `tenant` must be a new one for every check.
  package init(
    _ store: any FenceStorePort, tenant: TenantID, pass: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.store = store
    self.tenant = tenant
    self.pass = pass
  }

  fileprivate var tags: [CacheTag] { [.all(.tenant(tenant)), .named("venue", .tenant(tenant))] }

  fileprivate func key(_ name: String) -> CacheKey { CacheKey("contract", .tenant(tenant), name) }

  fileprivate func generations() async throws -> [Generation?] { try await store.read([], tags).generations }

  fileprivate func put(
    _ name: String, _ text: String, _ generations: [Generation], timeToLive: Duration? = nil
  ) async throws -> Bool {
    let guards = zip(tags, generations).map { FenceGuard($0, nonce: $1.nonce) }
    return try await store.store(
      StoredValue(key(name), ByteBuffer(string: text), timeToLive: timeToLive), under: guards)
  }
}

extension RepeatedRead {
  /// What it brings, asked for until the store can be asked at once.
  package func result(within limit: Duration = .seconds(20)) async throws -> FencedReading {
    for _ in 0..<1000 {
      let (stream, results) = AsyncStream.makeStream(of: Result<FencedReading, CacheStoreError>.self)
      let isSent = send(within: limit) { result in
        results.yield(result)
        results.finish()
      }
      if isSent, let result = await stream.first(where: { _ in true }) { return try result.get() }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw ContractViolation(description: "the store could not be asked at once in ten seconds")
  }
}
