public import Logging
import Synchronization

/// What slow statements looked like, kept in memory: fingerprint, timing, plan and advice. Hand one to a node or a router.
///
/// Parameters are never kept. Plans are kept without their literals. A fingerprint is logged when it is first seen and
/// then at most once in ``Settings/noticeInterval``.
public final class PostgresQueryLog: Sendable {
  public struct Settings: Sendable {
    /// What takes longer is slow, waiting for a connection included.
    public var threshold = Duration.milliseconds(100)
    /// How many fingerprints are kept; the one seen longest ago goes.
    public var capacity = 256
    /// How often the plan of one fingerprint is asked for.
    public var explainInterval = Duration.seconds(600)
    /// A statement that comes that often in one ``PostgresRequestScope`` is reported as repeated.
    public var repetitions = 5
    /// How often one fingerprint is logged.
    public var noticeInterval = Duration.seconds(60)

    public init() {}
  }

  /// What is known of one fingerprint.
  public struct Entry: Sendable {
    public let fingerprint: SQLFingerprint
    /// The statement's name, where it has one.
    public let name: String?
    /// Of the slow calls.
    public internal(set) var timing = PostgresDurationHistogram()
    public internal(set) var plan: PostgresPlan?
    var lastSeen: Instant
    var explainAfter: Instant
    var noticeAfter: Instant

    /// How long ago it was last slow.
    public var age: Duration { Instant.now - lastSeen }

    /// Indexes that would spare the server most of what it reads.
    public var suggestions: [PostgresIndexSuggestion] { plan?.suggestions ?? [] }
  }

  public let settings: Settings
  let logger: Logger?
  private let entries = Mutex<[SQLFingerprint: Entry]>([:])
  let repeated = Mutex<[SQLFingerprint: Repetition]>([:])

  /// An empty log.
  /// - Parameter logger: told of slow and of repeated statements; nil keeps them in memory only.
  public init(settings: Settings = .init(), logger: Logger? = nil) {
    self.settings = settings
    self.logger = logger
  }

  /// The slow statements, those that took most time in all first.
  public var slowest: [Entry] {
    entries.withLock { $0.values.sorted { $0.timing.total > $1.timing.total } }
  }

  /// Takes note of a slow call. Tells whether its plan is wanted now.
  func record(_ statement: PostgresStatement, _ duration: Duration, now: Instant = .now) -> SQLFingerprint? {
    guard duration >= settings.threshold else { return nil }
    let fingerprint = SQLFingerprint(statement.sql)
    let (isPlanWanted, isNoticed) = entries.withLock { entries in
      if entries[fingerprint] == nil, entries.count >= settings.capacity,
        let oldest = entries.values.min(by: { $0.lastSeen < $1.lastSeen })
      {
        entries[oldest.fingerprint] = nil
      }
      var entry =
        entries[fingerprint]
        ?? Entry(
          fingerprint: fingerprint, name: statement.name, lastSeen: now, explainAfter: now, noticeAfter: now)
      entry.timing.record(duration)
      entry.lastSeen = now
      let isDue = now >= entry.explainAfter && PostgresPlan.isExplainable(statement.sql)
      if isDue { entry.explainAfter = now + settings.explainInterval }
      let isNoticed = now >= entry.noticeAfter
      if isNoticed { entry.noticeAfter = now + settings.noticeInterval }
      entries[fingerprint] = entry
      return (isDue, isNoticed)
    }
    if isNoticed {
      logger?.notice(
        "slow PostgreSQL statement",
        metadata: ["statement": "\(statement.name ?? fingerprint.description)", "duration": "\(duration)"])
    }
    return isPlanWanted ? fingerprint : nil
  }

  func note(_ plan: PostgresPlan, of fingerprint: SQLFingerprint) {
    entries.withLock { $0[fingerprint]?.plan = plan }
  }
}
