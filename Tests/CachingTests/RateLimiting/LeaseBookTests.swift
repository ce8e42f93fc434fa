import Testing

@testable import Caching

@Suite("Lease book")
struct LeaseBookTests {
  static let second: UInt64 = 1_000_000_000
  let start: UInt64 = 1_000 * Self.second

  @Test("Far from the limit a twentieth of it is served on credit, by all instances together, and owed")
  func credit() {
    for (limit, instances, credit) in [(100, 1, 5), (100, 4, 1), (100, 6, 0), (19, 1, 0)] {
      var book = LeaseBook()
      var served = 0
      while book.spend(limit: limit, instances: instances, at: start) != .unknown { served += 1 }
      #expect(served == credit && book.debt == credit, "\(limit) over \(instances)")
    }
  }

  @Test(
    "Far from the limit the store is asked when half of the credit would be gone in a second, or five after the first")
  func term() {
    var book = LeaseBook()
    for number in 1...13 {
      #expect(book.dueAt == (number == 1 ? nil : start + 5 * Self.second))
      _ = book.spend(limit: 1_000, instances: 1, at: start)
      #expect(book.wantsMore(limit: 1_000, instances: 1, at: start) == (number == 13), "after \(number)")
    }
    book = LeaseBook()
    _ = book.spend(limit: 1_000, instances: 1, at: start)
    for (seconds, isDue) in [(1, false), (4, false), (5, true)] as [(UInt64, Bool)] {
      let now = start + seconds * Self.second
      #expect(book.wantsMore(limit: 1_000, instances: 1, at: now) == isDue, "after \(seconds) s")
    }
    let order = book.order(limit: 1_000, instances: 1, isAhead: true, at: start + 5 * Self.second)
    #expect(order.count == 1, "what is owed, and nothing ahead")
  }

  @Test("A debt that the store could not be told of has no term until something is spent on credit again")
  func failure() {
    var book = LeaseBook()
    _ = book.spend(limit: 1_000, instances: 1, at: start)
    _ = book.order(limit: 1_000, instances: 1, isAhead: false, at: start)
    book.failed()
    #expect(book.debt == 1 && book.dueAt == nil && !book.hasTerm)
    _ = book.spend(limit: 1_000, instances: 1, at: start + Self.second)
    #expect(book.debt == 2 && book.dueAt == start + 6 * Self.second)
  }

  @Test("Near the limit nothing is served on credit")
  func near() {
    var book = LeaseBook()
    tell(&book, asked: start, granted: 0, remaining: 50)
    #expect(book.spend(limit: 100, instances: 1, at: start + Self.second) == .unknown)
    tell(&book, asked: start + Self.second, granted: 0, remaining: 51)
    #expect(book.spend(limit: 100, instances: 1, at: start + Self.second) == .spent(remaining: 50))
  }

  @Test("A lease is spent within a second, and what is left of it is given back")
  func leases() {
    var book = LeaseBook()
    _ = book.spend(limit: 10, instances: 1, at: start)
    tell(&book, asked: start, granted: 3, remaining: 7)
    #expect(book.spend(limit: 10, instances: 1, at: start) == .spent(remaining: 9))
    #expect(book.spend(limit: 10, instances: 1, at: start + Self.second) == .unknown)
    let order = book.order(limit: 10, instances: 1, isAhead: false, at: start + Self.second)
    #expect(order.returns.map(\.count) == [2] && order.count == 1)
    #expect(book.order(limit: 10, instances: 1, isAhead: false, at: start + Self.second).returns.isEmpty)
  }

  @Test("What is granted pays the debt first; what is not granted of it is written off")
  func debt() {
    var book = LeaseBook()
    for _ in 0..<4 { _ = book.spend(limit: 100, instances: 1, at: start) }
    let order = book.order(limit: 100, instances: 1, isAhead: false, at: start)
    #expect(order.count == 4)
    book.told(Self.grant(1, remaining: 0), of: order, at: start)
    #expect(book.debt == 0)
    #expect(book.spend(limit: 100, instances: 1, at: start) == .refused(seconds: 30))
    #expect(book.spend(limit: 100, instances: 1, at: start + Self.second) == .unknown, "a no is believed for a second")
  }

  @Test("Batches grow with the demand, twofold at most, and never past a share of what is left")
  func batches() {
    var book = LeaseBook()
    var counts: [Int] = []
    var now = start
    for _ in 0..<8 {
      for _ in 0..<40 { _ = book.spend(limit: 100_000, instances: 4, at: now) }
      let order = book.order(limit: 100_000, instances: 4, isAhead: true, at: now)
      counts.append(order.count)
      book.told(Self.grant(order.count, remaining: 800), of: order, at: now)
      now += Self.second / 10
    }
    #expect(zip(counts, counts.dropFirst()).allSatisfy { $1 <= max(2 * $0, 40) + 40 }, "\(counts)")
    #expect(counts.allSatisfy { $0 <= 100 + 40 }, "an eighth of 800, and what waits: \(counts)")
  }

  private func tell(_ book: inout LeaseBook, asked now: UInt64, granted: Int, remaining: Int) {
    let order = book.order(limit: 100, instances: 1, isAhead: false, at: now)
    book.told(Self.grant(granted, remaining: remaining), of: order, at: now)
  }

  private static func grant(_ count: Int, remaining: Int) -> RateLimitGrant {
    RateLimitGrant(granted: count, remaining: remaining, resetAfter: .seconds(30), place: 0)
  }
}
