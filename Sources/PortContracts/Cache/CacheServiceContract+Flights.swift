import Caching
import Synchronization

extension CacheServiceContract {
  static var flights: [Rule] {
    [
      Rule("A thousand callers of a cold key run one load and are all answered") { subject in
        let (key, origin) = (subject.key("a"), Origin("x"))
        let pause = origin.pauseNext()
        let found = try await withThrowingTaskGroup(of: String?.self) { group in
          for _ in 0..<1000 { group.addTask { try await subject.read(key, origin) } }
          try await subject.waitForJoined(999)
          pause.end.open()
          return try await group.reduce(into: []) { $0.append($1) }
        }
        try requireEqual(found.filter { $0 == "x" }.count, 1000, "how many got the value")
        try requireEqual(origin.loads, 1, "loads")
        try requireEqual(subject.service.getStats().loads, 1, "loads in the statistics")
        try require(subject.service.peek(key) != nil, "the value was not stored")
      },
      Rule("What a load throws reaches every caller that waits for it") { subject in
        let (key, origin) = (subject.key("a"), Origin(nil))
        origin.fail(7)
        let pause = origin.pauseNext()
        let failures = try await withThrowingTaskGroup(of: Origin.Failure?.self) { group in
          for _ in 0..<50 {
            group.addTask {
              do { _ = try await subject.read(key, origin) } catch let failure as Origin.Failure { return failure }
              return nil
            }
          }
          try await subject.waitForJoined(49)
          pause.end.open()
          return try await group.reduce(into: []) { $0.append($1) }
        }
        try requireEqual(failures.filter { $0?.number == 7 }.count, 50, "how many got the error")
        try requireEqual(origin.loads, 1, "loads")
        origin.write("well again")
        try requireEqual(try await subject.read(key, origin), "well again", "the value after the failure")
      },
      Rule("Loads of different keys do not wait for each other") { subject in
        let origin = Origin("slow")
        let pause = origin.pauseNext()
        let slow = Task { try await subject.read(subject.key("slow"), origin) }
        try await pause.reached.wait()
        let quick = try await within("a load beside a slow one") {
          try await subject.read(subject.key("quick"), Origin("quick"))
        }
        try requireEqual(quick, "quick", "the value of the other key")
        pause.end.open()
        try requireEqual(try await slow.value, "slow", "the value of the slow key")
      },
      Rule("A value set during a load stays, whatever the load finds") { subject in
        let (key, origin) = (subject.key("a"), Origin("loaded"))
        let pause = origin.pauseNext()
        let load = Task { try await subject.read(key, origin) }
        try await pause.reached.wait()
        try await subject.service.set(key, to: "set", policy: .forever)
        pause.end.open()
        _ = try await load.value
        try requireEqual(await subject.cached(key), "set", "the value")
      },
    ]
  }

  static var cancellations: [Rule] {
    [
      Rule("A cancelled caller is let go at once, and the load goes on for the others") { subject in
        let (key, origin) = (subject.key("a"), Origin("x"))
        let pause = origin.pauseNext()
        let first = Task { try await subject.read(key, origin) }
        try await pause.reached.wait()
        let callers = [first] + (1..<100).map { _ in Task { try await subject.read(key, origin) } }
        try await subject.waitForJoined(99)
        for caller in callers[..<50] { caller.cancel() }
        for caller in callers[..<50] {
          let outcome = try await within("the end of a cancelled caller") { await caller.result }
          try require(outcome.isCancellation, "a cancelled caller was given \(outcome)")
        }
        pause.end.open()
        for caller in callers[50...] {
          try requireEqual(try await within("a patient caller") { try await caller.value }, "x", "its value")
        }
        try requireEqual(origin.loads, 1, "loads")
        try requireEqual(await subject.cached(key), "x", "what was stored")
      },
      Rule("A load that nobody waits for any more is cancelled, and the next caller loads anew") { subject in
        let key = subject.key("a")
        let (begun, ended) = (Checkpoint(), Checkpoint())
        let caller = Task {
          try await subject.service.getOrSet(key, as: String.self, policy: .forever) {
            begun.open()
            // Never opened: only cancellation ends the wait.
            do { try await Checkpoint().wait() } catch { ended.open() }
            return Loaded("abandoned")
          }?.value()
        }
        try await begun.wait()
        caller.cancel()
        let outcome = try await within("the end of the cancelled caller") { await caller.result }
        try require(outcome.isCancellation, "the cancelled caller was given \(outcome)")
        try await within("the cancellation of the load") { try await ended.wait() }
        try requireEqual(try await subject.read(key, Origin("new")), "new", "the next caller's value")
        try requireEqual(await subject.cached(key), "new", "what was stored")
      },
    ]
  }
}

extension CacheServiceSubject {
  /// Waits until as many callers as that have joined another's load.
  func waitForJoined(_ count: Int) async throws {
    try await eventually("\(count) callers that join a load") { service.getStats().coalesced >= count }
  }
}

extension Result {
  fileprivate var isCancellation: Bool {
    if case .failure(let error) = self { error is CancellationError } else { false }
  }
}
