import Caching
import NIOCore

extension CacheServiceContract {
  static var forms: [Rule] {
    [
      Rule("An entry holds the value as JSON, the same bytes for equal values") { subject in
        let (first, second) = (subject.key("a"), subject.key("b"))
        let pairs = (0..<20).map { ("member \($0)", $0) }
        let value = Dictionary(uniqueKeysWithValues: pairs)
        let equal = pairs.reversed().reduce(into: [String: Int](minimumCapacity: 400)) { $0[$1.0] = $1.1 }
        try await subject.service.set(first, to: value, policy: .forever)
        try await subject.service.set(second, to: equal, policy: .forever)
        try requireEqual(subject.service.peek(first)?.body, subject.service.peek(second)?.body, "the body")
        try await subject.service.set(first, to: ["b": "/", "a": "é"], policy: .forever)
        try requireEqual(
          subject.service.peek(first).map { String(buffer: $0.body) }, #"{"a":"é","b":"/"}"#, "the body")
      },
      Rule("Entity tags are strong, differ by value and by form, and are the same for equal values") { subject in
        let texts = ["a", "a", "b"]
        var tags: [EntityTag] = []
        for (number, text) in texts.enumerated() {
          try await subject.service.set(subject.key("\(number)"), to: text, policy: .forever)
          tags += [subject.service.peek(subject.key("\(number)"))?.entityTag].compactMap { $0 }
        }
        try requireEqual(tags.count, 3, "entries")
        try requireEqual(tags[0], tags[1], "the tags of equal values")
        try requireEqual(Set(tags.flatMap { [$0.identity, $0.gzip] }).count, 4, "different tags")
        for text in tags.flatMap({ [$0.identity, $0.gzip] }) {
          // RFC 9110, section 8.8.3: a strong tag is a quoted text without quotes, spaces and control characters.
          let inner = text.utf8.dropFirst().dropLast()
          try require(text.utf8.count > 2 && text.hasPrefix("\"") && text.hasSuffix("\""), "\(text) is not quoted")
          try require(inner.allSatisfy { $0 == 0x21 || (0x23...0x7E).contains($0) }, "\(text) is no entity tag")
        }
      },
      Rule("A gzip form is there from the policy's threshold, and decodes to the body") { subject in
        let policy = CachePolicy(timeToLive: nil, compressionThreshold: 1000)
        for (length, isCompressed) in [(10, false), (999, false), (1000, true), (300_000, true)] {
          let key = subject.key("\(length)")
          // In JSON the text has two quotes more.
          let text = String(String(repeating: "gzip ", count: length).prefix(length - 2))
          try await subject.service.set(key, to: text, policy: policy)
          guard let entry = subject.service.peek(key) else { throw ContractViolation(description: "no entry") }
          try requireEqual(entry.body.readableBytes, length, "the body's length")
          try requireEqual(entry.gzip != nil, isCompressed, "whether there is a gzip form of \(length) bytes")
          guard let gzip = entry.gzip else { continue }
          try require(gzip.readableBytes < length, "the gzip form is no smaller")
          try require(GzipDecoder().decode(gzip, length: length) == entry.body, "the gzip form is not the body's")
        }
      },
      Rule("Gzip forms that are made at the same time do not mix") { subject in
        let policy = CachePolicy(timeToLive: nil, compressionThreshold: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<64 {
            group.addTask {
              let key = subject.key("\(number)")
              try await subject.service.set(key, to: Array(repeating: number, count: 5000 + number), policy: policy)
              guard let entry = subject.service.peek(key), let gzip = entry.gzip else {
                throw ContractViolation(description: "no gzip form")
              }
              let decoded = GzipDecoder().decode(gzip, length: entry.body.readableBytes)
              try require(decoded == entry.body, "the gzip form is not the body's")
            }
          }
          try await group.waitForAll()
        }
      },
      Rule("There is no gzip form where it would be no smaller, and none of an absence") { subject in
        let policy = CachePolicy(timeToLive: nil, compressionThreshold: 0)
        try await subject.service.set(subject.key("a"), to: "short", policy: policy)
        _ = try await subject.read(subject.key("b"), Origin(nil), policy)
        for name in ["a", "b"] {
          guard let entry = subject.service.peek(subject.key(name)) else {
            throw ContractViolation(description: "no entry")
          }
          try requireEqual(entry.gzip, nil, "the gzip form")
          try requireEqual(entry.body, ByteBuffer(string: name == "a" ? "\"short\"" : ""), "the body")
        }
      },
    ]
  }

  static var counters: [Rule] {
    [
      Rule("Counters are added to and subtracted from, and return the sum") { subject in
        let key = subject.key("counter")
        let sums = [
          await subject.service.incr(key, by: 5, timeToLive: nil),
          await subject.service.decr(key, by: 7, timeToLive: nil),
          await subject.service.incr(key, by: 1, timeToLive: .seconds(10)),
        ]
        try requireEqual(sums, [5, -2, -1], "the sums")
        try requireEqual(await subject.service.isConnected(), true, "whether the store answers")
      },
      Rule("The hit rate is told in percent with two decimals") { subject in
        let (key, origin) = (subject.key("a"), Origin("x"))
        try requireEqual(subject.service.getStats().hitRate, "0.00%", "the hit rate before any read")
        var rates: [String] = []
        for _ in 0..<14 {
          _ = try await subject.read(key, origin)
          rates.append(subject.service.getStats().hitRate)
        }
        let sample = [rates[0], rates[1], rates[2], rates[13]]
        try requireEqual(sample, ["0.00%", "50.00%", "66.67%", "92.86%"], "the hit rates")
        let stats = subject.service.getStats()
        let numbers = [stats.hits, stats.misses, stats.totalRequests, stats.keys, stats.loads]
        try requireEqual(numbers, [13, 1, 14, 1, 1], "hits, misses, requests, keys, loads")
      },
    ]
  }
}
