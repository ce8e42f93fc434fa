import Testing

@testable import PostgresClient

@Suite("Which answer belongs to which question")
struct ReplyQueueTests {
  typealias Queue = ReplyQueue<Int>

  private func feed(_ queue: inout Queue, _ replies: [Queue.Reply]) -> [Queue.Meaning] {
    replies.map { reply in
      let meaning = queue.receive(reply)
      if meaning == .finished { _ = queue.removeHead() }
      return meaning
    }
  }

  @Test("Segments are answered in the order in which they were sent")
  func order() {
    var queue = Queue()
    queue.append(1, [.prepare(step: 0), .step(0), .step(1)])
    queue.append(2, [.step(0)])
    let first = feed(&queue, [.success, .end, .success, .end, .success, .end, .sync])
    #expect(
      first == [.prepared(step: 0), .nothing, .answered(step: 0), .nothing, .answered(step: 1), .nothing, .finished])
    #expect(queue.tokens == [2])
    let second = feed(&queue, [.success, .end, .sync])
    #expect(second == [.answered(step: 0), .nothing, .finished])
    #expect(queue.isEmpty)
  }

  @Test("After a failure the rest of the segment is skipped, and nothing of the next")
  func failure() {
    var queue = Queue()
    queue.append(1, [.step(0), .step(1), .step(2)])
    queue.append(2, [.step(0)])
    let meanings = feed(
      &queue, [.success, .end, .failure, .end, .aborted, .end, .sync, .success, .end, .sync])
    #expect(
      meanings == [
        .answered(step: 0), .nothing, .failed(step: 1), .nothing, .nothing, .nothing, .finished, .answered(step: 0),
        .nothing, .finished,
      ])
  }

  @Test(
    "Whatever fits no question is a violation",
    arguments: [
      [Queue.Reply.sync], [.success, .success], [.aborted], [.success, .end, .success], [.end],
      [.failure, .end, .sync, .success],
    ])
  func violations(replies: [Queue.Reply]) {
    var queue = Queue()
    queue.append(1, [.step(0)])
    #expect(feed(&queue, replies).last == .violation)
  }

  @Test("Any order of answers that the protocol allows keeps every answer with its question")
  func random() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      var queue = Queue()
      var expected: [Int] = []
      var replies: [Queue.Reply] = []
      for token in 0..<20 {
        let steps = Int.random(in: 1...4, using: &generator)
        let failing = Bool.random(using: &generator) ? Int.random(in: 0..<steps, using: &generator) : steps
        queue.append(token, (0..<steps).map { .step($0) })
        for step in 0..<steps { replies += [step < failing ? .success : step == failing ? .failure : .aborted, .end] }
        replies.append(.sync)
        expected.append(token)
      }
      var finished: [Int] = []
      for reply in replies {
        let meaning = queue.receive(reply)
        #expect(meaning != .violation)
        if meaning == .finished { finished.append(queue.removeHead()) }
      }
      #expect(finished == expected)
    }
  }
}

extension ReplyQueue {
  /// A whole segment.
  fileprivate mutating func append(_ token: Token, _ questions: [Question]) {
    for question in questions { ask(question) }
    append(token)
  }
}
