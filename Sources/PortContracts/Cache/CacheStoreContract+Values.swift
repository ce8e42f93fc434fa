import Caching
import NIOCore

extension CacheStoreContract {
  static var values: [Rule] {
    [
      Rule("A value is read as it was written, whatever its bytes and up to a mebibyte") { subject in
        let bodies = [
          ByteBuffer(), ByteBuffer(bytes: [0]), ByteBuffer(bytes: 0...255), ByteBuffer(string: "\r\n$-1\r\n"),
          ByteBuffer(repeating: 0xA5, count: 1 << 20),
        ]
        for (number, body) in bodies.enumerated() {
          try await subject.store.set(subject.key("value", "\(number)"), body)
        }
        for (number, body) in bodies.enumerated() {
          let found = try await subject.store.get(subject.key("value", "\(number)"))
          try require(found == body, "value \(number) came back as \(found?.readableBytes ?? -1) bytes")
        }
      },
      Rule("Only the readable bytes of a buffer are stored, and later changes of it are not") { subject in
        var body = ByteBuffer(string: "[head]body")
        body.moveReaderIndex(forwardBy: 6)
        try await subject.store.set(subject.key("value"), body)
        body.setString("BODY", at: body.readerIndex)
        body.writeString(" and more")
        try requireEqual(try await subject.text(subject.key("value")), "body", "the value")
        let found = try await subject.store.get(subject.key("value"))
        try requireEqual(found?.readerIndex, 0, "the reader index")
      },
      Rule("A key that was never set is absent") { subject in
        try requireEqual(try await subject.store.get(subject.key("nothing")), nil, "the value")
        try requireEqual(try await subject.store.timeToLive(subject.key("nothing")), .absent, "the time to live")
        try requireEqual(try await subject.store.delete(subject.key("nothing")), false, "an absent key was deleted")
      },
      Rule("Many values are read in the order of their keys, with nil for each that is absent") { subject in
        let (first, second, absent) = (subject.key("a"), subject.key("b"), subject.key("absent"))
        try await subject.store.set([
          StoredValue(second, ByteBuffer(string: "2")), StoredValue(first, ByteBuffer(string: "1")),
        ])
        let found = try await subject.store.get([absent, second, first, absent, second])
        try requireEqual(found.map { $0.map { String(buffer: $0) } }, [nil, "2", "1", nil, "2"], "the values")
      },
      Rule("A call without keys does nothing") { subject in
        try await subject.store.set([])
        try requireEqual(try await subject.store.get([]).count, 0, "values of no keys")
        try requireEqual(try await subject.store.delete([]), 0, "deleted of no keys")
      },
      Rule("A later value replaces an earlier one, also within one call") { subject in
        let key = subject.key("value")
        try await subject.set(key, String(repeating: "long", count: 1000))
        try await subject.set(key, "")
        try requireEqual(try await subject.text(key), "", "the value")
        try await subject.store.set([
          StoredValue(key, ByteBuffer(string: "first")), StoredValue(key, ByteBuffer(string: "last")),
        ])
        try requireEqual(try await subject.text(key), "last", "the value set twice in one call")
      },
      Rule("Deleting counts the keys that were there, each once, and leaves the others") { subject in
        let keys = ["a", "b", "c", "d"].map { subject.key($0) }
        for key in keys.dropLast() { try await subject.set(key, "x") }
        try requireEqual(
          try await subject.store.delete([keys[0], keys[1], keys[3], keys[0]]), 2, "how many were deleted")
        let found = try await subject.store.get(keys)
        try requireEqual(found.map { $0 != nil }, [false, false, true, false], "what is left")
        try requireEqual(try await subject.store.delete(keys[2]), true, "whether a key that was there was deleted")
      },
      Rule("A value is read whole while others replace it") { subject in
        let key = subject.key("contended")
        try await subject.store.set(key, ByteBuffer(repeating: 0, count: 1))
        try await withThrowingTaskGroup(of: Void.self) { group in
          for writer in 1...4 {
            group.addTask {
              for round in 1...50 {
                let body = ByteBuffer(repeating: UInt8(writer), count: writer * 10_000 + round)
                try await subject.store.set(key, body)
              }
            }
            group.addTask {
              for _ in 1...50 {
                let found = try await subject.store.get(key)
                try require(found.map(isWhole) == true, "a reader found a mixture of values, or none")
              }
            }
          }
          try await group.waitForAll()
        }
      },
      Rule("The store answers") { subject in
        try requireEqual(await subject.store.isConnected(), true, "whether the store answers")
      },
    ]
  }

  /// Whether a body is one that a writer wrote: its byte tells the writer, its length the round.
  private static func isWhole(_ body: ByteBuffer) -> Bool {
    let bytes = body.readableBytesView
    guard let byte = bytes.first, bytes.allSatisfy({ $0 == byte }) else { return false }
    let rounds = bytes.count - Int(byte) * 10_000
    return byte == 0 ? rounds == 1 : (1...50).contains(rounds)
  }
}
