import Caching

extension CacheServiceContract {
  static var changes: [Rule] {
    [
      Rule("When a change has happened, what was cached under its tags is stale") { subject in
        let (key, origin) = (subject.key("a", tags: ["venue"]), Origin("old"))
        _ = try await subject.read(key, origin)
        let result = try await subject.service.change([subject.tag("venue")]) {
          origin.write("new")
          return .committed(42)
        }
        try requireEqual(result, 42, "the result")
        try require(subject.service.peek(key) == nil, "the old entry is still valid")
        try requireEqual(try await subject.read(key, origin), "new", "the value after the change")
        try requireEqual(try await subject.read(key, origin), "new", "the value from then on")
        try requireEqual(origin.loads, 2, "loads")
      },
      Rule("While a change runs, loads go past the cache and are not stored") { subject in
        let (key, origin) = (subject.key("a", tags: ["venue"]), Origin("old"))
        try await subject.service.change([subject.tag("venue")]) {
          for text in ["old", "new", "newer"] {
            origin.write(text)
            try require(subject.service.peek(key) == nil, "an entry was told")
            try requireEqual(await subject.cached(key), nil, "the cached value")
            try requireEqual(try await subject.read(key, origin), text, "the value")
          }
          return .committed(())
        }
        try require(subject.service.peek(key) == nil, "a value that was read meanwhile was stored")
        try requireEqual(origin.loads, 3, "loads")
      },
      Rule("Once a load may have shown a change that runs, nobody is given what is older, under any of its tags") {
        subject in
        let keys = ["venue", "price"].map { subject.key($0, tags: [$0]) }
        let (unread, origin) = (subject.key("unread", tags: ["venue"]), Origin("old"))
        for key in keys { _ = try await subject.read(key, origin) }
        try await subject.service.change([subject.tag("venue"), subject.tag("price")]) {
          origin.write("new")
          try requireEqual(try await subject.read(unread, origin), "new", "what is loaded")
          for key in keys {
            try require(subject.service.peek(key) == nil, "an older entry was told")
            try requireEqual(await subject.cached(key), nil, "the cached value")
            try requireEqual(try await subject.read(key, origin), "new", "the value after that")
          }
          return .committed(())
        }
        for key in keys { try requireEqual(try await subject.read(key, origin), "new", "the value after the change") }
      },
      Rule("The same of a load that began before the change, and of several keys at once") { subject in
        let (key, origin) = (subject.key("a", tags: ["price"]), Origin("old"))
        let unread = ["b", "c"].map { subject.key($0, tags: ["venue"]) }
        for isAlone in [true, false] {
          origin.write("old")
          _ = try await subject.read(key, origin)
          let pause = Origin.Pause()
          let load: @Sendable () async throws -> Loaded<String>? = {
            pause.reached.open()
            try await pause.end.wait()
            return try await origin.load()
          }
          let reading = Task {
            guard !isAlone else {
              return try await subject.service.getOrSet(unread[0], as: String.self, policy: .forever, load: load)?
                .value()
            }
            let found = try await subject.service.getOrSetMany(unread, as: String.self, policy: .forever) { keys in
              let loaded = try await load()
              return Dictionary(uniqueKeysWithValues: keys.compactMap { key in loaded.map { (key, $0) } })
            }
            return try found[unread[1]]?.value()
          }
          try await pause.reached.wait()
          try await subject.service.change([subject.tag("venue"), subject.tag("price")]) {
            origin.write("new")
            pause.end.open()
            try requireEqual(try await reading.value, "new", "what is loaded")
            try require(subject.service.peek(key) == nil, "an older entry was told")
            return .committed(())
          }
        }
      },
      Rule("While a change runs, a value that is set is not kept") { subject in
        let key = subject.key("a", tags: ["venue"])
        try await subject.service.set(key, to: "before", policy: .forever)
        try await subject.service.change([subject.tag("venue")]) {
          try await subject.service.set(key, to: "doubtful", policy: .forever)
          try require(subject.service.peek(key) == nil, "it was told while the change ran")
          return .unchanged(())
        }
        let after = await subject.cached(key)
        try require(after == nil || after == "doubtful", "a value that had been replaced came back")
        try await subject.service.change([subject.tag("venue")]) {
          try require(subject.service.peek(key) == nil, "it was told while the next change ran")
          return .unchanged(())
        }
      },
      Rule("A change that changed nothing leaves what was cached, also what was asked for meanwhile") { subject in
        let keys = ["a", "b"].map { subject.key($0, tags: ["venue"]) }
        let origin = Origin("old")
        for key in keys { _ = try await subject.read(key, origin) }
        let result = try await subject.service.change([subject.tag("venue")]) {
          _ = subject.service.peek(keys[0])
          _ = await subject.cached(keys[0])
          return .unchanged("refused")
        }
        try requireEqual(result, "refused", "the result")
        try requireEqual(await subject.cached(keys[1]), "old", "what nobody asked for meanwhile")
        try requireEqual(await subject.cached(keys[0]), "old", "what was asked for meanwhile")
        try requireEqual(origin.loads, 2, "loads")
      },
      Rule("A change that throws counts as one that happened, and its error comes out") { subject in
        let (key, origin) = (subject.key("a", tags: ["venue"]), Origin("old"))
        _ = try await subject.read(key, origin)
        do {
          try await subject.service.change([subject.tag("venue")]) { () -> CacheChange<Void> in
            origin.write("new")
            throw Origin.Failure(number: 3)
          }
          throw ContractViolation(description: "the error did not come out")
        } catch let failure as Origin.Failure {
          try requireEqual(failure.number, 3, "the error")
        }
        try require(subject.service.peek(key) == nil, "the old entry is still valid")
        try requireEqual(try await subject.read(key, origin), "new", "the value after the change")
      },
      Rule("While two changes overlap, loads go past the cache until the later has ended") { subject in
        let (key, origin) = (subject.key("a", tags: ["venue"]), Origin("old"))
        try await subject.service.change([subject.tag("venue")]) {
          try await subject.service.change([subject.tag("venue"), subject.tag("other")]) {
            _ = try await subject.read(key, origin)
            try require(subject.service.peek(key) == nil, "an entry was told while both ran")
            return .unchanged(())
          }
          _ = try await subject.read(key, origin)
          try require(subject.service.peek(key) == nil, "an entry was told while one still ran")
          origin.write("new")
          return .committed(())
        }
        try requireEqual(try await subject.read(key, origin), "new", "the value after both")
        try requireEqual(origin.loads, 3, "loads")
        try requireEqual(await subject.cached(key), "new", "what is stored after both")
      },
      Rule("A change of several tags makes stale what is under any of them") { subject in
        let names = ["x", "y", "z"]
        let keys = names.map { subject.key($0, tags: [$0]) } + [subject.key("xyz", tags: names)]
        for tag in names {
          for key in keys { try await subject.service.set(key, to: "old", policy: .forever) }
          try await subject.service.change([subject.tag(tag)]) { .committed(()) }
          let stale = keys.filter { subject.service.peek($0) == nil }.map(\.text)
          try require(stale.contains(keys[3].text), "a key of three tags outlived a change of \(tag)")
          try require(stale.contains(subject.key(tag).text), "a key of one tag outlived a change of \(tag)")
        }
        for key in keys { try await subject.service.set(key, to: "old", policy: .forever) }
        try await subject.service.change(names.map { subject.tag($0) }) { .committed(()) }
        try requireEqual(keys.filter { subject.service.peek($0) != nil }.count, 0, "how many are left")
      },
    ]
  }
}
