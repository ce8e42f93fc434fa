import Caching
import NIOCore
import TenancyDomain

/// Answers from a store that instances share, where memory holds none, or none that it may give without the store's word: the
/// reads that an answer takes are sent at once, and there is no task. Whatever is not plain goes the way of
/// ``answer(_:_:_:)``.
extension HitResponder {
  /// Whose the key is, and the answer to whom it spoke for last. That it still does is seen when both are there.
  struct Look {
    let request: HitRequest
    let key: TenantDirectory.PreparedKey
    let holder: CacheGlance
    let target: HitTarget
    let answer: CacheGlance
  }

  /// What the reads have brought so far. For one event loop.
  private final class Sighting {
    let look: Look
    var missing = 2
    /// Each nil until it is there.
    var holder: CacheEntry?
    var answer: CacheEntry?

    init(_ look: Look) { self.look = look }
  }

  /// How to look for an answer; nil where it must be asked for.
  func look(_ request: HitRequest, _ key: TenantDirectory.PreparedKey, _ memory: HitMemory) -> Look? {
    guard let last = key.last, let target = request.target(last.tenant, memory), let answer = target.glance(catalog)
    else { return nil }
    return Look(request: request, key: key, holder: last.glance, target: target, answer: answer)
  }

  /// Looks, and calls `then` once on the event loop, which may be at once: with the answer, taken down and taken off the
  /// caller's limits, or with nil when it must be asked for.
  func look(
    _ look: Look, _ question: Question, _ here: Here, _ eventLoop: any EventLoop,
    _ then: @escaping @Sendable (Hit?) -> Void
  ) {
    let sighting = NIOLoopBound(Sighting(look), eventLoop: eventLoop)
    // No entry: it was not found, and all must be asked for.
    let seen = { @Sendable (isHolder: Bool, entry: CacheEntry?) in
      let sighting = sighting.value
      guard sighting.missing > 0 else { return }
      guard let entry else {
        sighting.missing = 0
        return then(nil)
      }
      if isHolder { sighting.holder = entry } else { sighting.answer = entry }
      sighting.missing -= 1
      if sighting.missing == 0 { then(self.hit(sighting, question, here)) }
    }
    let arrived = { @Sendable (isHolder: Bool, entry: CacheEntry?) in
      if eventLoop.inEventLoop { seen(isHolder, entry) } else { eventLoop.execute { seen(isHolder, entry) } }
    }
    func find(_ glance: CacheGlance, isHolder: Bool) -> Bool {
      if let entry = glance.peek() {
        seen(isHolder, entry)
      } else {
        guard glance.look({ arrived(isHolder, $0) }) else { return false }
      }
      return true
    }
    guard find(look.answer, isHolder: false), find(look.holder, isHolder: true) else { return seen(true, nil) }
  }

  private func hit(_ sighting: Sighting, _ question: Question, _ here: Here) -> Hit? {
    let (caller, memory) = here.value
    let (look, bytes) = (sighting.look, question.bytes.readableBytesUInt8Span)
    guard let holder = sighting.holder, let answer = sighting.answer,
      directory.tenant(look.key, in: holder) == look.target.tenant
    else { return nil }
    var decision: RateLimitDecision?
    switch limits.take(caller.subjects(look.target.tenant, bytes, question.head, limits)) {
    case .unlimited: break
    case .decided(let taken) where taken.isAllowed: decision = taken
    case .decided, .unknown: return nil
    }
    return hit(answer, look.target, decision, look.request, bytes, memory, since: question.start)
  }
}
