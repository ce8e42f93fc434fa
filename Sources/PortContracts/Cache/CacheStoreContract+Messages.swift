import Caching
import NIOCore
import Synchronization

extension CacheStoreContract {
  static var messages: [Rule] {
    [
      Rule("Every subscriber gets every message, in the order of its publisher") { subject in
        let channel = subject.channel("a")
        let streams = [try await subject.store.subscribe(channel), try await subject.store.subscribe(channel)]
        let sent = (0..<200).map { "\($0)" }
        for text in sent { try await subject.publish(text, on: "a") }
        for stream in streams { try requireEqual(try await take(200, from: stream), sent, "the messages") }
      },
      Rule("The messages of publishers at the same time are each in order") { subject in
        let stream = try await subject.store.subscribe(subject.channel("a"))
        let found = try await withThrowingTaskGroup(of: Void.self) { group in
          for publisher in 0..<8 {
            group.addTask { for number in 0..<100 { try await subject.publish("\(publisher) \(number)", on: "a") } }
          }
          let found = try await take(800, from: stream)
          try await group.waitForAll()
          return found
        }
        for publisher in 0..<8 {
          let numbers = found.filter { $0.hasPrefix("\(publisher) ") }
          try requireEqual(numbers, (0..<100).map { "\(publisher) \($0)" }, "the messages of \(publisher)")
        }
      },
      Rule("Nothing is kept for those who subscribe later") { subject in
        try await subject.publish("early", on: "a")
        let first = try await subject.store.subscribe(subject.channel("a"))
        try await subject.publish("middle", on: "a")
        let second = try await subject.store.subscribe(subject.channel("a"))
        try await subject.publish("late", on: "a")
        try requireEqual(try await take(2, from: first), ["middle", "late"], "what the first was sent")
        try requireEqual(try await take(1, from: second), ["late"], "what the second was sent")
      },
      Rule("A message reaches its channel and no other, whatever their names") { subject in
        for (number, name) in hostileTexts.enumerated() {
          let other = hostileTexts[(number + 1) % hostileTexts.count]
          let stream = try await subject.store.subscribe(subject.channel(name))
          try await subject.publish("stray", on: other)
          try await subject.publish("meant", on: name)
          try requireEqual(try await take(1, from: stream), ["meant"], "what came on \(name.debugDescription)")
        }
      },
      Rule("A message is received as it was sent, whatever its bytes") { subject in
        let bodies = [
          ByteBuffer(), ByteBuffer(bytes: [0]), ByteBuffer(bytes: 0...255), ByteBuffer(repeating: 7, count: 1 << 16),
        ]
        let stream = try await subject.store.subscribe(subject.channel("a"))
        for body in bodies { try await subject.store.publish(body, on: subject.channel("a")) }
        let found = try await takeBytes(bodies.count, from: stream)
        try require(found == bodies, "the messages came back as \(found.map(\.readableBytes)) bytes")
      },
    ]
  }

  static var subscriptions: [Rule] {
    [
      Rule("One who has ended its subscription is in nobody's way") { subject in
        do { _ = try await subject.store.subscribe(subject.channel("a")) }
        let stays = try await subject.store.subscribe(subject.channel("a"))
        let leaves = try await subject.store.subscribe(subject.channel("a"))
        let listener = Task { for await _ in leaves {} }
        listener.cancel()
        try await within("the end of a cancelled subscription") { await listener.value }
        try await subject.publish("x", on: "a")
        try requireEqual(try await take(1, from: stays), ["x"], "what the other was sent")
      },
      Rule("A message that nobody wants is no error") { subject in
        try await subject.publish("x", on: "a")
      },
      Rule("One who falls behind is told by the end of its stream, never by a gap") { subject in
        let stream = try await subject.store.subscribe(subject.channel("a"))
        let sent = (0..<5000).map { "\($0)" }
        for text in sent { try await subject.publish(text, on: "a") }
        let found = try await take(sent.count, from: stream)
        let wrong = zip(found, sent).first { $0 != $1 }
        try require(wrong == nil, "\(wrong.map { "\($0) came instead of \($1)" } ?? "")")
        try require(!found.isEmpty, "nothing was delivered")
        let again = try await subject.store.subscribe(subject.channel("a"))
        try await subject.publish("again", on: "a")
        try requireEqual(try await take(1, from: again), ["again"], "what came after subscribing again")
      },
    ]
  }

  /// The first messages of a stream as texts; fewer when it ends before.
  private static func take(_ count: Int, from stream: AsyncStream<ByteBuffer>) async throws -> [String] {
    try await takeBytes(count, from: stream).map { String(buffer: $0) }
  }

  private static func takeBytes(_ count: Int, from stream: AsyncStream<ByteBuffer>) async throws -> [ByteBuffer] {
    try await within("\(count) messages") {
      var taken: [ByteBuffer] = []
      for await message in stream {
        taken.append(message)
        if taken.count == count { break }
      }
      return taken
    }
  }
}

extension CacheStoreSubject {
  fileprivate func publish(_ text: String, on name: String) async throws {
    try await store.publish(ByteBuffer(string: text), on: channel(name))
  }
}
