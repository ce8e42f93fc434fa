import Caching
import Synchronization

extension CacheServiceContract {
  static var removals: [Rule] {
    [
      Rule("A key that is removed during its load is not stored, and the callers are answered") { subject in
        try await checkRemoval(subject) { await subject.service.del($0) }
      },
      Rule("A key that is flushed during its load is not stored, and the callers are answered") { subject in
        try await checkRemoval(subject) { _ in
          await subject.service.flush(CachePattern("contract", subject.scope, "removed*"))
        }
      },
      Rule("A load whose tag is invalidated meanwhile is not stored, and the callers are answered") { subject in
        try await checkRemoval(subject) { _ in await subject.service.invalidate([subject.tag("venue")]) }
      },
      Rule("A load whose owner is cleared meanwhile is not stored, and the callers are answered") { subject in
        try await checkRemoval(subject) { _ in await subject.service.clear(subject.scope) }
      },
      Rule("Removing another key or tag during a load does not keep it from being stored") { subject in
        var isKept = false
        // Two tags may share their place, by chance and once in thousands: three attempts with other names.
        for attempt in 0..<3 where !isKept {
          let (key, origin) = (subject.key("a", tags: ["venue"]), Origin("x"))
          let pause = origin.pauseNext()
          let load = Task { try await subject.read(key, origin) }
          try await pause.reached.wait()
          await subject.service.del(subject.key("b", tags: ["venue"]))
          await subject.service.flush(CachePattern("contract", subject.scope, "b*"))
          await subject.service.invalidate([subject.tag("other \(attempt)")])
          pause.end.open()
          _ = try await load.value
          isKept = subject.service.peek(key) != nil
        }
        try require(isKept, "the load was not stored")
      },
    ]
  }

  static var changesDuringLoads: [Rule] {
    [
      Rule("A load that is under way while a change runs leaves nothing behind") { subject in
        try await checkRemoval(subject) { _ in
          try await subject.service.change([subject.tag("venue")]) { .committed(()) }
        }
      },
      Rule("A load that begins before a change and ends while it runs leaves nothing behind") { subject in
        let (key, origin) = (subject.key("a", tags: ["venue"]), Origin("old"))
        let pause = origin.pauseNext()
        let load = Task { try await subject.read(key, origin) }
        try await pause.reached.wait()
        try await subject.service.change([subject.tag("venue")]) {
          pause.end.open()
          try requireEqual(try await load.value, "old", "what its caller is given")
          try require(subject.service.peek(key) == nil, "it was stored")
          origin.write("new")
          return .committed(())
        }
        try requireEqual(try await subject.read(key, origin), "new", "the value after the change")
      },
      Rule("A load that begins while a change runs and ends after it leaves nothing behind") { subject in
        let (key, origin) = (subject.key("a", tags: ["venue"]), Origin("old"))
        let pause = origin.pauseNext()
        let load = try await subject.service.change([subject.tag("venue")]) {
          let load = Task { try await subject.read(key, origin) }
          try await pause.reached.wait()
          origin.write("new")
          return .committed(load)
        }
        pause.end.open()
        _ = try await load.value
        try require(subject.service.peek(key) == nil, "it was stored")
        try requireEqual(try await subject.read(key, origin), "new", "the value after the change")
      },
      Rule("Who asks after a change is not given what was read before it, though that load still runs") { subject in
        let (key, origin) = (subject.key("a", tags: ["venue"]), Origin("old"))
        let pause = origin.pauseNext()
        let early = Task { try await subject.read(key, origin) }
        try await pause.reached.wait()
        try await subject.service.change([subject.tag("venue")]) {
          origin.write("new")
          return .committed(())
        }
        let late = try await within("a read after the change") { try await subject.read(key, origin) }
        try requireEqual(late, "new", "what a later caller is given")
        pause.end.open()
        _ = try await early.value
        try requireEqual(await subject.cached(key), "new", "what is stored after the old load has ended")
      },
    ]
  }

  /// Checks that something that happens during a load keeps the load's value from being stored, that the load's caller
  /// is answered, and that the next caller loads anew.
  private static func checkRemoval(
    _ subject: CacheServiceSubject, _ remove: (CacheKey) async throws -> Void
  ) async throws {
    let (key, origin) = (subject.key("removed", tags: ["venue"]), Origin("old"))
    let pause = origin.pauseNext()
    let load = Task { try await subject.read(key, origin) }
    try await pause.reached.wait()
    try await remove(key)
    origin.write("new")
    pause.end.open()
    try requireEqual(try await within("the load's caller") { try await load.value }, "old", "what it is given")
    try require(subject.service.peek(key) == nil, "it was stored")
    try requireEqual(try await subject.read(key, origin), "new", "the next caller's value")
    try requireEqual(await subject.cached(key), "new", "what is stored in the end")
  }
}
