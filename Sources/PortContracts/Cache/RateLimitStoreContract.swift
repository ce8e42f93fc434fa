package import Caching
package import Kernel

/// What every adapter of ``RateLimitStorePort`` keeps.
package enum RateLimitStoreContract {
  typealias Rule = ContractRule<RateLimitStoreSubject>

  /// All rules. Each wants a subject with a new tenant; the store may be shared.
  package static var rules: [ContractRule<RateLimitStoreSubject>] { counts + windows + returns }

  private static var counts: [Rule] {
    [
      Rule("The limit is granted and not one unit more, and what is left counts down") { subject in
        var left: [Int] = []
        for _ in 0..<3 {
          let grant = try await subject.take(1, of: 3)
          try requireEqual(grant.granted, 1, "units granted")
          left.append(grant.remaining)
        }
        try requireEqual(left, [2, 1, 0], "units left")
        for _ in 0..<3 {
          let refused = try await subject.take(1, of: 3)
          try requireEqual([refused.granted, refused.remaining], [0, 0], "granted and left when none is")
        }
      },
      Rule("Several units at once are granted as far as they are left") { subject in
        try requireEqual(try await subject.take(7, of: 10).granted, 7, "the first lease")
        let rest = try await subject.take(7, of: 10)
        try requireEqual([rest.granted, rest.remaining], [3, 0], "the second lease")
        try requireEqual(try await subject.take(7, of: 10).granted, 0, "the third lease")
      },
      Rule("A count of 0 looks and takes nothing, nor does a limit of 0 grant anything") { subject in
        for _ in 0..<3 {
          let look = try await subject.take(0, of: 5)
          try requireEqual([look.granted, look.remaining], [0, 5], "granted and left")
          try requireEqual(look.resetAfter, .zero, "the wait while nothing is counted")
        }
        let none = try await subject.take(1, of: 0)
        try requireEqual([none.granted, none.remaining], [0, 0], "granted and left of nothing")
      },
      Rule("A limit that was lowered grants nothing until less is counted, and one that was raised grants the rest") {
        subject in
        _ = try await subject.take(10, of: 10)
        let lowered = try await subject.take(1, of: 5)
        try requireEqual([lowered.granted, lowered.remaining], [0, 0], "granted and left under the lower limit")
        try requireEqual(try await subject.take(5, of: 12).granted, 2, "granted under the higher limit")
      },
      Rule("Subjects, tenants and windows of other lengths are counted apart") { subject in
        try requireEqual(try await subject.take(1, of: 1, "a").granted, 1, "the first subject")
        try requireEqual(try await subject.take(1, of: 1, "b").granted, 1, "another subject")
        try requireEqual(try await subject.take(1, of: 1, "a", per: .seconds(30)).granted, 1, "another window")
        let foreign = RateLimitStoreSubject(
          subject.store, tenant: subject.neighbour, ticker: subject.ticker, pass: subject.pass)
        try requireEqual(try await foreign.take(1, of: 1, "a").granted, 1, "another tenant")
        try requireEqual(try await subject.take(1, of: 1, "a").granted, 0, "the first subject again")
      },
      Rule("Of 200 calls at once exactly as many units are granted as the limit has") { subject in
        let granted = try await withThrowingTaskGroup(of: Int.self) { group in
          for number in 0..<200 { group.addTask { try await subject.take(1 + number % 3, of: 150).granted } }
          return try await group.reduce(0, +)
        }
        try requireEqual(granted, 150, "units granted")
      },
    ]
  }

  private static var windows: [Rule] {
    [
      Rule("What was taken comes free again when its window has passed, and not before") { subject in
        let window = Duration.seconds(2)
        let stopwatch = subject.stopwatch(window)
        let first = try await subject.take(5, of: 5, per: window)
        try requireReset(first.resetAfter, window: window)
        try await subject.pass(.seconds(1))
        let early = try await subject.take(1, of: 5, per: window)
        try require(early.granted == 0 || stopwatch.isOver, "granted in mid-window")
        try await subject.pass(.milliseconds(1100))
        let late = try await subject.take(5, of: 5, per: window)
        try requireEqual(late.granted + early.granted, 5, "granted a window later")
      },
      Rule("The wait that is told is enough, and less than it is not") { subject in
        let window = Duration.seconds(2)
        let stopwatch = subject.stopwatch(window)
        _ = try await subject.take(3, of: 3, per: window)
        try await subject.pass(.milliseconds(300))
        let look = try await subject.take(0, of: 3, per: window)
        try requireReset(look.resetAfter, window: window)
        try await subject.pass(max(.zero, look.resetAfter - .milliseconds(700)))
        let early = try await subject.take(1, of: 3, per: window)
        try require(early.granted == 0 || stopwatch.isOver, "granted before the wait was over")
        try await subject.pass(.milliseconds(701))
        try requireEqual(try await subject.take(1, of: 3, per: window).granted, 1, "after the wait")
      },
      Rule("No window grants more than the limit, and none refuses what 1.01 windows have not used up") { subject in
        let (window, limit) = (Duration.seconds(1), 50)
        var calls: [Call] = []
        for number in 0..<300 {
          let (start, asked) = (subject.ticker.nanoseconds(), 1 + number % 3)
          let grant = try await subject.take(asked, of: limit, per: window)
          calls.append(Call(start: start, end: subject.ticker.nanoseconds(), asked: asked, granted: grant.granted))
          try await subject.pass(.milliseconds(10))
        }
        try require(calls.contains { $0.granted < $0.asked }, "nothing was refused")
        for (index, call) in calls.enumerated() {
          let inWindow = calls[...index].filter { $0.start + window.ticks > call.end }
          let most = inWindow.reduce(0) { $0 + $1.granted }
          try require(most <= limit, "a window granted \(most) of \(limit)")
          guard call.granted < call.asked else { continue }
          let inLonger = calls[...index].filter { $0.end + (window * 1.01).ticks >= call.start }
          let least = inLonger.reduce(0) { $0 + $1.granted }
          try require(least >= limit, "refused when \(least) of \(limit) were used")
        }
      },
    ]
  }

  private static var returns: [Rule] {
    [
      Rule("Units that are given back can be taken again, and count as never taken") { subject in
        let grant = try await subject.take(10, of: 10)
        try await subject.giveBack(4, of: grant)
        let again = try await subject.take(10, of: 10)
        try requireEqual([again.granted, again.remaining], [4, 0], "granted and left")
        try await subject.giveBack(4, of: again)
        try await subject.giveBack(6, of: grant)
        let look = try await subject.take(0, of: 10)
        try requireEqual(look.remaining, 10, "left after all was given back")
        try requireEqual(look.resetAfter, .zero, "the wait while nothing is counted")
      },
      Rule("No more can be given back than was granted, and nothing of what has left the window") { subject in
        let grant = try await subject.take(3, of: 10)
        try await subject.giveBack(100, of: grant)
        try await subject.giveBack(-5, of: grant)
        try requireEqual(try await subject.take(0, of: 10).remaining, 10, "left at first")
        let window = Duration.seconds(2)
        let old = try await subject.take(5, of: 10, per: window)
        try await subject.pass(.milliseconds(2100))
        let stopwatch = subject.stopwatch(window)
        _ = try await subject.take(10, of: 10, per: window)
        try await subject.giveBack(5, of: old, per: window)
        let last = try await subject.take(1, of: 10, per: window)
        try require(last.granted == 0 || stopwatch.isOver, "what had left the window was given back")
      },
      Rule("What is given back frees its own place in the window, not that of later units") { subject in
        let window = Duration.seconds(2)
        let old = try await subject.take(5, of: 10, per: window)
        try await subject.pass(.seconds(1))
        let stopwatch = subject.stopwatch(window)
        _ = try await subject.take(5, of: 10, per: window)
        try await subject.giveBack(5, of: old, per: window)
        try await subject.pass(.milliseconds(1100))
        let last = try await subject.take(10, of: 10, per: window)
        try require(last.granted == 5 || stopwatch.isOver, "\(last.granted) of 5 were free when the old had left")
      },
    ]
  }

  /// A call between two readings of the clock.
  private struct Call {
    let start: UInt64
    let end: UInt64
    let asked: Int
    let granted: Int
  }

  /// Stops a check unless a wait is that of units that were taken in this window.
  private static func requireReset(
    _ wait: Duration, window: Duration, file: StaticString = #fileID, line: UInt = #line
  ) throws {
    try require(
      wait > .zero && wait <= window * 1.01 + .milliseconds(1), "a wait of \(wait) in a window of \(window)",
      file: file, line: line)
  }
}

/// A store under test, with a tenant that only this check uses.
package struct RateLimitStoreSubject: Sendable {
  /// What is under test.
  package let store: any RateLimitStorePort
  /// A tenant that only this check uses. So is its neighbour, whose identifier differs in the last bit.
  package let tenant: TenantID
  /// Counts the same time as the store's clock, though maybe from another start.
  package let ticker: any Ticker
  /// Lets time pass for the store: moves its clock, or waits.
  package let pass: @Sendable (Duration) async throws -> Void

  /// A store under test; `tenant` must be a new one for every check, and so must the one whose identifier differs in the
  /// last bit.
  package init(
    _ store: any RateLimitStorePort, tenant: TenantID, ticker: any Ticker,
    pass: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.store = store
    self.tenant = tenant
    self.ticker = ticker
    self.pass = pass
  }

  fileprivate var neighbour: TenantID { TenantID(UniqueID(high: tenant.raw.high, low: tenant.raw.low ^ 1)) }

  fileprivate func take(
    _ count: Int, of limit: Int, _ name: String = "a", per window: Duration = .seconds(60)
  ) async throws -> RateLimitGrant {
    try await store.take(count, of: limit, per: window, for: key(name))
  }

  fileprivate func giveBack(
    _ count: Int, of grant: RateLimitGrant, _ name: String = "a", per window: Duration = .seconds(60)
  ) async throws {
    try await store.giveBack(count, of: grant, per: window, for: key(name))
  }

  /// Tells whether a window that begins now may be over: then a check that came too late proves nothing.
  fileprivate func stopwatch(_ window: Duration) -> Stopwatch {
    Stopwatch(end: ticker.nanoseconds() + window.ticks, ticker: ticker)
  }

  private func key(_ name: String) -> CacheKey { CacheKey("contract", .tenant(tenant), name) }
}

private struct Stopwatch {
  let end: UInt64
  let ticker: any Ticker

  var isOver: Bool { ticker.nanoseconds() >= end }
}
