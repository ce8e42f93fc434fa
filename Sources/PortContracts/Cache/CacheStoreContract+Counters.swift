import Caching
import Kernel
import NIOCore

extension CacheStoreContract {
  static var counters: [Rule] {
    [
      Rule("An absent counter counts as 0, and each increment returns the sum") { subject in
        let key = subject.key("counter")
        var sums: [Int] = []
        for amount in [5, 0, -7, 1] {
          sums.append(try await subject.store.increment(key, by: amount, timeToLive: nil))
        }
        try requireEqual(sums, [5, 5, -2, -1], "the sums")
      },
      Rule("A counter is read as decimal text, and decimal text that was set is counted on") { subject in
        let key = subject.key("counter")
        _ = try await subject.store.increment(key, by: -12, timeToLive: nil)
        try requireEqual(try await subject.text(key), "-12", "the counter as text")
        try await subject.set(key, "40")
        try requireEqual(try await subject.store.increment(key, by: 2, timeToLive: nil), 42, "the sum")
      },
      Rule("A counter gets its time to live when it is made, and keeps it") { subject in
        let key = subject.key("counter")
        _ = try await subject.store.increment(key, by: 1, timeToLive: .seconds(100))
        _ = try await subject.store.increment(key, by: 1, timeToLive: .seconds(1000))
        try requireRest(try await subject.store.timeToLive(key), in: .seconds(90)...(.seconds(100)))
        _ = try await subject.store.increment(key, by: 1, timeToLive: nil)
        try requireRest(try await subject.store.timeToLive(key), in: .seconds(90)...(.seconds(100)))
        let other = subject.key("other")
        _ = try await subject.store.increment(other, by: 1, timeToLive: nil)
        _ = try await subject.store.increment(other, by: 1, timeToLive: .seconds(100))
        try requireEqual(try await subject.store.timeToLive(other), .forever, "of a counter made without an end")
      },
      Rule("A counter whose time has passed begins anew") { subject in
        let key = subject.key("counter")
        _ = try await subject.store.increment(key, by: 10, timeToLive: .milliseconds(400))
        try await subject.pass(.milliseconds(500))
        try requireEqual(try await subject.store.increment(key, by: 1, timeToLive: .seconds(100)), 1, "the sum")
        try requireRest(try await subject.store.timeToLive(key), in: .seconds(90)...(.seconds(100)))
      },
      Rule("What is not a decimal number is refused and stays as it is") { subject in
        let key = subject.key("counter")
        let texts = [
          "", " ", "abc", "1.5", " 1", "1 ", "1\n", "+5", "007", "-0", "-", "0x10", "1e3", "1\0", "٣",
          "9223372036854775808", "-9223372036854775809", String(repeating: "1", count: 100),
        ]
        for text in texts {
          try await subject.set(key, text, timeToLive: .seconds(100))
          try await requireNotANumber("\(text.debugDescription) + 1") {
            try await subject.store.increment(key, by: 1, timeToLive: nil)
          }
          try requireEqual(try await subject.text(key), text, "the value after the refusal")
          try requireRest(try await subject.store.timeToLive(key), in: .seconds(90)...(.seconds(100)))
        }
      },
      Rule("A sum that does not fit 64 bits is refused, and the counter stays as it is") { subject in
        for (extreme, step) in [(Int.max, 1), (Int.min, -1), (Int.max, Int.max), (Int.min, Int.min)] {
          let key = subject.key("counter", "\(extreme)", "\(step)")
          try requireEqual(
            try await subject.store.increment(key, by: extreme, timeToLive: .seconds(100)), extreme, "the sum")
          try await requireNotANumber("\(extreme) + \(step)") {
            try await subject.store.increment(key, by: step, timeToLive: nil)
          }
          try requireEqual(try await subject.text(key), "\(extreme)", "the counter after the refusal")
          try requireRest(try await subject.store.timeToLive(key), in: .seconds(90)...(.seconds(100)))
        }
      },
      Rule("Each increment of a call has an outcome of its own, in their order") { subject in
        let (counter, text, other) = (subject.key("counter"), subject.key("text"), subject.key("other"))
        try await subject.set(text, "no number")
        let outcomes = await subject.store.increment([
          Increment(counter, by: 5, timeToLive: .seconds(100)), Increment(text, by: 1), Increment(other, by: -3),
        ])
        try requireEqual(outcomes, [.success(5), .failure(.notANumber), .success(-3)], "the outcomes")
        try requireEqual(try await subject.text(text), "no number", "what is no number")
        try requireRest(try await subject.store.timeToLive(counter), in: .seconds(90)...(.seconds(100)))
        try requireEqual(try await subject.store.timeToLive(other), .forever, "of a counter made without an end")
        try requireEqual(await subject.store.increment([]), [], "the outcomes of nothing")
      },
      Rule("A call may have a thousand increments of a hundred owners") { subject in
        let raw = subject.tenant.raw
        let keys = (0..<100).map { owner in
          let tenant = TenantID(UniqueID(high: raw.high, low: raw.low &+ UInt64(owner)))
          return CacheKey("contract", .tenant(tenant), "counter")
        }
        let increments = (0..<1000).map { Increment(keys[$0 % 100], by: 1, timeToLive: .seconds(100)) }
        let sums = try await subject.store.increment(increments).map { try $0.get() }
        for owner in 0..<100 {
          let ofOne = stride(from: owner, to: 1000, by: 100).map { sums[$0] }
          try requireEqual(ofOne.sorted(), Array(1...10), "the sums of one counter")
        }
      },
      Rule("Increments at the same time are all counted, and no two return the same sum") { subject in
        let key = subject.key("counter")
        let sums = try await withThrowingTaskGroup(of: [Int].self) { group in
          for _ in 0..<50 {
            group.addTask {
              var sums: [Int] = []
              for _ in 0..<20 { sums.append(try await subject.store.increment(key, by: 1, timeToLive: nil)) }
              return sums
            }
          }
          return try await group.reduce(into: []) { $0 += $1 }
        }
        try requireEqual(sums.sorted(), Array(1...1000), "the sums")
        try requireEqual(try await subject.text(key), "1000", "the counter at last")
      },
    ]
  }

  private static func requireNotANumber(_ what: String, _ increment: () async throws -> Int) async throws {
    do {
      let sum = try await increment()
      throw ContractViolation(description: "\(what) gave \(sum)")
    } catch CacheStoreError.notANumber {
    }
  }
}
