import NIOCore
import Testing

@testable import RedisClient

@Suite("The queue of replies")
struct ReplyQueueTests {
  private typealias Queue = ReplyQueue<String>

  /// Delivers numbers and tells who got which.
  private func deliver(_ numbers: [Int], to queue: inout Queue) -> [String] {
    var completions: [Queue.Completion] = []
    for number in numbers {
      let isExpected = queue.deliver(.integer(number), into: &completions)
      #expect(isExpected)
    }
    return completions.map { completion in
      switch completion.reply {
      case .one(let value): "\(completion.receiver)=\(value.integer ?? -1)"
      case .many(let values): "\(completion.receiver)=\(values.map { $0.integer ?? -1 })"
      }
    }
  }

  private func queue(_ names: String...) -> Queue {
    var queue = Queue()
    for (index, name) in names.enumerated() {
      queue.append(ticket: UInt64(index + 10), receiver: name, now: 0, timeout: 100)
    }
    queue.markSent()
    return queue
  }

  @Test("Replies go to callers in order; a batch gets its replies together")
  func order() {
    var queue = queue("a", "b")
    queue.append(ticket: 20, receiver: "batch", batch: 3, now: 0, timeout: 100)
    queue.append(ticket: 21, receiver: "c", now: 0, timeout: 100)
    queue.markSent()
    let step1 = deliver([1, 2, 3, 4], to: &queue)
    #expect(step1 == ["a=1", "b=2"])
    let step2 = deliver([5, 6], to: &queue)
    #expect(step2 == ["batch=[3, 4, 5]", "c=6"])
    #expect(queue.isEmpty)
  }

  @Test("A cancelled caller's slot stays, and its late reply goes nowhere")
  func cancellation() {
    var queue = queue("a", "b", "c")
    queue.append(ticket: 20, receiver: "batch", batch: 2, now: 0, timeout: 100)
    queue.append(ticket: 21, receiver: "d", now: 0, timeout: 100)
    queue.markSent()
    let step3 = queue.cancel(11)
    #expect(step3 == "b")
    let step4 = queue.cancel(11)
    #expect(step4 == nil)
    let step5 = queue.cancel(20)
    #expect(step5 == "batch")
    let step6 = queue.cancel(999)
    #expect(step6 == nil)
    #expect(queue.count == 5)
    let step7 = deliver([1, 2, 3, 4, 5, 6], to: &queue)
    #expect(step7 == ["a=1", "c=3", "d=6"])
  }

  @Test("A slot is found although tickets come a little out of order and some never come", arguments: 0..<10)
  func tickets(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var tickets = (0..<200).map { UInt64($0) }.filter { _ in Int.random(in: 0..<10, using: &random) > 0 }
    for index in 0..<tickets.count - 4 {
      tickets.swapAt(index, index + Int.random(in: 0...3, using: &random))
    }
    var queue = ReplyQueue<UInt64>()
    for ticket in tickets { queue.append(ticket: ticket, receiver: ticket, now: 0, timeout: 1) }
    for ticket in tickets.shuffled(using: &random) {
      let found = queue.cancel(ticket)
      #expect(found == ticket)
    }
  }

  @Test("A late caller fails at its time limit, and the others are given their replies")
  func deadlines() {
    var queue = queue("a", "b")
    queue.append(ticket: 20, receiver: "patient", now: 0, timeout: 1000)
    queue.markSent()
    let step8 = queue.expire(now: 99).late.isEmpty
    #expect(step8)
    let (late, isStuck) = queue.expire(now: 100)
    #expect(late == ["a", "b"] && !isStuck)
    let step11 = deliver([1, 2, 3], to: &queue)
    #expect(step11 == ["patient=3"])
    let step12 = queue.expire(now: .max).isStuck
    #expect(!step12)
  }

  @Test(
    "The connection is stuck at twice the limit of the oldest, and never within half a second of it",
    arguments: [(0, 500), (20, 520), (500, 1000), (5000, 10_000)] as [(UInt64, UInt64)])
  func stuck(limit: UInt64, end: UInt64) {
    let millisecond: UInt64 = 1_000_000
    var queue = Queue()
    queue.append(ticket: 1, receiver: "hasty", now: 0, timeout: limit * millisecond)
    queue.append(ticket: 2, receiver: "patient", now: 0, timeout: 60_000 * millisecond)
    queue.markSent()
    let early = queue.expire(now: end * millisecond - 1)
    #expect(early.late == ["hasty"] && !early.isStuck)
    let isStuck = queue.expire(now: end * millisecond).isStuck
    #expect(isStuck)
  }

  @Test("A reply nobody asked for, or to a command that was not sent, is refused")
  func unexpected() {
    var queue = Queue()
    var completions: [Queue.Completion] = []
    let isExpected = queue.deliver(.null, into: &completions)
    #expect(!isExpected)
    queue.append(ticket: 1, receiver: "a", now: 0, timeout: 1)
    let isSent = queue.deliver(.null, into: &completions)
    #expect(!isSent && completions.isEmpty)
  }

  @Test("With the connection, callers learn whether their command was sent")
  func closing() {
    var queue = queue("a", "b")
    _ = queue.cancel(10)
    queue.append(ticket: 20, receiver: "c", now: 0, timeout: 100)
    let orphans = queue.close()
    #expect(orphans.maybeSent == ["b"])
    #expect(orphans.notSent == ["c"])
    #expect(queue.isEmpty)
  }
}
