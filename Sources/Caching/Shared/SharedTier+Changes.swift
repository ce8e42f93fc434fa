extension SharedTier {
  /// A change that has begun: its number marks its doubts.
  struct Change: Sendable {
    let number: UInt64
    let tagsByOwner: [[CacheTag]]
  }

  /// Marks tags in doubt before a change. A store that does not answer is not waited for: then the bump alone guards.
  func begin(_ tags: [CacheTag]) async -> Change {
    let change = prepare(tags)
    guard isUp else { return change }
    let lease = options.doubtLease
    for tags in change.tagsByOwner {
      _ = await call(options.readLimit) { try await $0.doubt(tags, by: change.number, lease: lease) }
    }
    return change
  }

  /// A change that needs no marks, since it has happened already.
  func prepare(_ tags: [CacheTag]) -> Change {
    Change(number: environment.random() | 1, tagsByOwner: Self.byOwner(tags))
  }

  /// The change has happened, or may have: the store knows of it when this returns true, or is told when it is back.
  func commit(_ change: Change, position: UInt64?) async -> Bool {
    var isTold = true
    for tags in change.tagsByOwner {
      guard isUp, let guards = await tell(tags, change: change.number, position: position) else {
        suspect(tags)
        isTold = false
        continue
      }
      announce(.bumped(guards))
    }
    return isTold
  }

  /// The change has not happened.
  func withdraw(_ change: Change) async {
    guard isUp else { return }
    for tags in change.tagsByOwner {
      _ = await call(options.writeLimit) { try await $0.withdraw(tags, by: change.number) }
    }
  }

  private static func byOwner(_ tags: [CacheTag]) -> [[CacheTag]] {
    tags.uniqued().grouped(by: \.scope)
  }
}
