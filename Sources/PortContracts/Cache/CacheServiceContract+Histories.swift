import Caching
import Synchronization

extension CacheServiceContract {
  static var histories: [Rule] {
    [
      Rule("While changes and reads run in any order, no reader goes back in time") { subject in
        let history = History(subject)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<4 { group.addTask { while !history.isOver { try await history.read() } } }
          group.addTask {
            defer { history.end() }
            for phase in 0..<8 {
              try await withThrowingTaskGroup(of: Void.self) { writers in
                for writer in 0..<2 {
                  writers.addTask { for round in 0..<50 { try await history.write(phase + writer + round) } }
                }
                try await writers.waitForAll()
              }
              // Between changes that come one upon the other hardly anything is cached.
              let hits = subject.service.getStats().hits
              try await eventually("a read is a hit") { subject.service.getStats().hits > hits }
            }
          }
          try await group.waitForAll()
        }
        try requireEqual(await subject.service.get(history.key, as: Int.self) ?? history.now, history.now, "in the end")
      }
    ]
  }

  /// A change that happened and whose answer was lost.
  private struct AnswerLost: Error {
    let number: Int
  }

  /// A number in a store of record that only grows, read through the cache by many and changed by many.
  private final class History: Sendable {
    let key: CacheKey
    private let subject: CacheServiceSubject
    private let record = Atomic<Int>(0)
    /// The newest number that a read or a change has returned.
    private let newest = Atomic<Int>(0)
    private let over = Atomic<Bool>(false)

    init(_ subject: CacheServiceSubject) {
      self.subject = subject
      key = subject.key("number", tags: ["number"])
    }

    var isOver: Bool { over.load(ordering: .relaxed) }
    var now: Int { record.load(ordering: .sequentiallyConsistent) }

    func end() { over.store(true, ordering: .relaxed) }

    func read() async throws {
      let floor = newest.load(ordering: .sequentiallyConsistent)
      let found = try await subject.service.getOrSet(key, as: Int.self, policy: .forever) { [self] in
        await pauseAtRandom()
        let number = now
        await pauseAtRandom()
        return Loaded(number)
      }
      try check(try found?.value() ?? -1, floor)
      let nextFloor = newest.load(ordering: .sequentiallyConsistent)
      if let number = await subject.service.get(key, as: Int.self) { try check(number, nextFloor) }
      await Task.yield()
    }

    /// One change; `kind` decides how it ends.
    func write(_ kind: Int) async throws {
      let written: Int
      do {
        written = try await subject.service.change([subject.tag("number")]) { [self] in
          await pauseAtRandom()
          if kind % 4 == 0 { return .unchanged(0) }
          let number = record.add(1, ordering: .sequentiallyConsistent).newValue
          await pauseAtRandom()
          if kind % 4 == 1 { throw AnswerLost(number: number) }
          return .committed(number)
        }
      } catch let failure as AnswerLost {
        written = failure.number
      }
      newest.max(written, ordering: .sequentiallyConsistent)
      await pauseAtRandom()
    }

    private func check(_ number: Int, _ floor: Int) throws {
      try require(number >= floor, "a read gave \(number) after \(floor) had been seen")
      newest.max(number, ordering: .sequentiallyConsistent)
    }

    private func pauseAtRandom() async { for _ in 0..<Int.random(in: 0...8) { await Task.yield() } }
  }
}
