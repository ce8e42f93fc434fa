import Synchronization

extension PostgresQueryLog {
  /// A statement that single requests executed once for each row of another (N+1).
  public struct Repetition: Sendable {
    public let fingerprint: SQLFingerprint
    /// The statement's name, where it has one.
    public let name: String?
    /// Requests that executed it ``Settings/repetitions`` times or more.
    public internal(set) var requests = 0
    /// The most executions in one of them.
    public internal(set) var most = 0
    var lastSeen: Instant
    var noticeAfter: Instant
  }

  /// Statements that requests repeated, those that most requests did first.
  public var repetitions: [Repetition] {
    repeated.withLock { $0.values.sorted { ($0.requests, $0.most) > ($1.requests, $1.most) } }
  }

  /// Takes note of what one request executed.
  public func note(_ scope: PostgresRequestScope) { note(scope, now: .now) }

  func note(_ scope: PostgresRequestScope, now: Instant) {
    // Most requests ask less in all.
    guard scope.statements >= settings.repetitions else { return }
    for (fingerprint, name, count) in scope.repeatedWithNames(settings.repetitions) {
      let isNoticed = repeated.withLock { repeated in
        if repeated[fingerprint] == nil, repeated.count >= settings.capacity,
          let oldest = repeated.values.min(by: { $0.lastSeen < $1.lastSeen })
        {
          repeated[oldest.fingerprint] = nil
        }
        var entry =
          repeated[fingerprint] ?? Repetition(fingerprint: fingerprint, name: name, lastSeen: now, noticeAfter: now)
        entry.requests += 1
        entry.most = max(entry.most, count)
        entry.lastSeen = now
        defer { repeated[fingerprint] = entry }
        guard now >= entry.noticeAfter else { return false }
        entry.noticeAfter = now + settings.noticeInterval
        return true
      }
      if isNoticed {
        logger?.notice(
          "PostgreSQL statement repeated in one request (N+1)",
          metadata: ["statement": "\(name ?? fingerprint.description)", "times": "\(count)"])
      }
    }
  }
}
