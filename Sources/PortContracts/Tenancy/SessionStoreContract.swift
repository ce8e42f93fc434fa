import Kernel
package import TenancyDomain

/// What every ``SessionStorePort`` keeps. The store may hold other sessions besides.
package enum SessionStoreContract {
  typealias Rule = ContractRule<any SessionStorePort>

  /// All rules.
  package static var rules: [ContractRule<any SessionStorePort>] { kept + changed }

  private static var kept: [Rule] {
    [
      Rule("A session is found as it was kept, under its own digest alone") { store in
        let (digest, session) = (digest(), session("ada"))
        try await store.insert(digest, session, timeToLive: .seconds(60))
        try requireEqual(try await store.find(digest), session, "the session")
        try requireEqual(try await store.find(Self.digest()), nil, "another digest's session")
      },
      Rule("A session is gone when its time to live has passed") { store in
        let digest = digest()
        try await store.insert(digest, session("ada"), timeToLive: .milliseconds(40))
        try await eventually("the session ends") { try await store.find(digest) == nil }
      },
      Rule("A session that was removed is gone, and cannot be removed again") { store in
        let digest = digest()
        try await store.insert(digest, session("ada"), timeToLive: .seconds(60))
        try requireEqual(try await store.remove(digest), true, "the first removal")
        try requireEqual(try await store.find(digest), nil, "the session")
        try requireEqual(try await store.remove(digest), false, "the second removal")
      },
    ]
  }

  private static var changed: [Rule] {
    [
      Rule("An update changes what is there and lets it live longer") { store in
        let digest = digest()
        try await store.insert(digest, session("ada"), timeToLive: .seconds(2))
        let updated = try await store.update(digest, timeToLive: .seconds(60)) { $0.data["theme"] = "dark" }
        try requireEqual(updated?.data, ["from": "a test", "theme": "dark"], "the data")
        try await Task.sleep(for: .milliseconds(2_200))
        try requireEqual(try await store.find(digest), updated, "the session, later")
      },
      Rule("A session that was removed does not come back by an update") { store in
        let digest = digest()
        try await store.insert(digest, session("ada"), timeToLive: .seconds(60))
        _ = try await store.remove(digest)
        let updated = try await store.update(digest, timeToLive: .seconds(60)) { $0.data = [:] }
        try requireEqual(updated, nil, "the update")
        try requireEqual(try await store.find(digest), nil, "the session")
      },
      Rule("Of 20 updates at once none is lost") { store in
        let digest = digest()
        try await store.insert(digest, session("ada"), timeToLive: .seconds(60))
        _ = await atOnce(20) { number in
          try await store.update(digest, timeToLive: .seconds(60)) { $0.data["\(number)"] = "x" }
        }
        try requireEqual(try await store.find(digest)?.data.count, 21, "what the session holds")
      },
    ]
  }

  private static func digest() -> Digest { Digest(of: Fixtures.tenantID().description) }

  private static func session(_ subject: String) -> Session {
    Session(subject: subject, createdAt: Fixtures.time, lastSeenAt: Fixtures.time, data: ["from": "a test"])
  }

  private static func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    for _ in 0..<1_000 {
      if try await condition() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    try require(false, what)
  }
}
