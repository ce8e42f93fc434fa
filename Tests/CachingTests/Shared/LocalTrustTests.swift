import Testing

@testable import Caching

@Suite("What is in memory is trusted while it can be told")
struct LocalTrustTests {
  private let trust = LocalTrust(hasFeed: true, lease: .seconds(5))
  private let second: UInt64 = 1_000_000_000

  @Test("Before the feed is live nothing is trusted, and afterwards only what is loaded then")
  func start() {
    let before = trust.mark
    #expect(!trust.isTrusted(before, now: 0))
    trust.feed(isLive: true, now: 0)
    #expect(!trust.isTrusted(before, now: 0))
    #expect(trust.isTrusted(trust.mark, now: 0))
  }

  @Test("What was heard of last is trusted for three seconds, also where nobody has noticed that the feed is silent")
  func silence() {
    trust.feed(isLive: true, now: 0)
    #expect(trust.isTrusted(trust.mark, now: 3 * second) && !trust.isTrusted(trust.mark, now: 3 * second + 1))
    trust.confirm(now: 60 * second)
    #expect(trust.isTrusted(trust.mark, now: 63 * second) && !trust.isTrusted(trust.mark, now: 63 * second + 1))
  }

  @Test("Without a feed to wait for everything is trusted")
  func withoutFeed() {
    let trust = LocalTrust(hasFeed: false, lease: .seconds(5))
    #expect(trust.isTrusted(trust.mark, now: .max))
  }

  @Test("After a gap what was there before is not trusted, and what comes then is")
  func gap() {
    trust.feed(isLive: true, now: 0)
    let before = trust.mark
    trust.gap(now: 0)
    #expect(!trust.isTrusted(before, now: 0))
    #expect(trust.isTrusted(trust.mark, now: 0))
  }

  @Test("While the feed is down nothing is trusted, not even what is loaded meanwhile, nor when it is back")
  func feedDown() {
    trust.feed(isLive: true, now: 0)
    let before = trust.mark
    trust.feed(isLive: false, now: 0)
    let meanwhile = trust.mark
    #expect(!trust.isTrusted(before, now: 0) && !trust.isTrusted(meanwhile, now: 0))
    trust.feed(isLive: true, now: 0)
    #expect(!trust.isTrusted(before, now: 0) && !trust.isTrusted(meanwhile, now: 0))
    #expect(trust.isTrusted(trust.mark, now: 0))
  }

  @Test("While the store is down, what was trusted lives on the lease, and what is loaded meanwhile too")
  func storeDown() {
    trust.feed(isLive: true, now: 0)
    let before = trust.mark
    trust.confirm(now: 10 * second)
    trust.store(isUp: false, now: 10 * second)
    let meanwhile = trust.mark
    #expect(trust.isTrusted(before, now: 15 * second - 1) && trust.isTrusted(meanwhile, now: .max))
    #expect(!trust.isTrusted(before, now: 15 * second))
    trust.feed(isLive: false, now: 12 * second)
    #expect(trust.isTrusted(before, now: 15 * second - 1), "the lease ended with the feed")
    trust.feed(isLive: true, now: 12 * second)
    trust.store(isUp: true, now: 13 * second)
    #expect(!trust.isTrusted(before, now: 13 * second) && !trust.isTrusted(meanwhile, now: 13 * second))
  }

  @Test("The lease counts from the moment the feed last proved whole, not from that at which its loss was noticed")
  func leaseStart() {
    trust.feed(isLive: true, now: 0)
    let before = trust.mark
    trust.confirm(now: 10 * second)
    trust.feed(isLive: false, now: 12 * second)
    trust.store(isUp: false, now: 13 * second)
    #expect(trust.isTrusted(before, now: 15 * second - 1))
    #expect(!trust.isTrusted(before, now: 15 * second))
  }
}
