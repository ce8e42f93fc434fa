import Caching

extension CacheServiceContract {
  static var tags: [Rule] {
    [
      Rule("Invalidating a tag makes its entries stale, and leaves those of other tags and tenants") { subject in
        // Two tags may share their place, by chance and once in thousands: three attempts with other names.
        var bystanders = 0
        for attempt in 0..<3 where bystanders < 16 {
          let tag = "venue \(attempt)"
          let key = subject.key("a", tags: [tag])
          let others =
            (0..<8).map { subject.key("\(attempt) other \($0)", tags: ["other \(attempt) \($0)"]) }
            + (0..<8).map { CacheKey("contract", subject.neighbour, "\(attempt) theirs \($0)", tags: [tag]) }
          for key in [key] + others { try await subject.service.set(key, to: "x", policy: .forever) }
          await subject.service.invalidate([subject.tag(tag)])
          try require(subject.service.peek(key) == nil, "the tag's entry is still valid")
          bystanders = others.filter { subject.service.peek($0) != nil }.count
        }
        try requireEqual(bystanders, 16, "how many of 16 others are left")
      },
      Rule("Clearing an owner makes all that is its own stale, and leaves other owners") { subject in
        // Two owners may share their place, by chance and once in thousands: three attempts with other owners.
        var left = 0
        let keys = [subject.key("a"), subject.key("b", tags: ["venue"]), subject.key("c", tags: ["x", "y", "z"])]
        for attempt in 0..<3 where left < 3 {
          let owner = subject.neighbour(attempt + 1)
          let theirs = [
            CacheKey("contract", owner, "a"), CacheKey("contract", owner, "b", tags: ["venue"]),
            CacheKey("contract", subject.neighbour(attempt + 5), "a"),
          ]
          for key in keys + theirs { try await subject.service.set(key, to: "x", policy: .forever) }
          await subject.service.clear(subject.scope)
          try requireEqual(keys.filter { subject.service.peek($0) != nil }.count, 0, "how many are left")
          left = theirs.filter { subject.service.peek($0) != nil }.count
        }
        try requireEqual(left, 3, "how many of other owners' are left")
      },
      Rule("What is cached after an invalidation is valid") { subject in
        let (key, origin) = (subject.key("a", tags: ["venue"]), Origin("x"))
        for _ in 0..<3 {
          await subject.service.invalidate([subject.tag("venue"), .all(subject.scope)])
          _ = try await subject.read(key, origin)
          try require(subject.service.peek(key) != nil, "it was not stored")
        }
        try requireEqual(origin.loads, 3, "loads")
      },
    ]
  }
}
