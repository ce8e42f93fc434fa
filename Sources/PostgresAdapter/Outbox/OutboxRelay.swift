import Kernel
package import Logging
package import PostgresClient

/// Delivers the word that changes have left and that their writers have not taken back, at least once each, whatever
/// crashed after their COMMIT.
///
/// Any number of relays may run at once: each takes what no other has in hand (SKIP LOCKED). Word that cannot be
/// delivered stays where it is, and the instances are notified of it by the database, once. It reads as the owner, across
/// tenants.
package final class OutboxRelay: Sendable {
  /// How word is handed on.
  package struct Delivery: Sendable {
    /// Whether there is any sense in trying now.
    package var isPossible: @Sendable () -> Bool
    /// Hands word of one tenant on, and tells whether everybody knows now. Must bear being given the same word again. The
    /// position is one that every change it tells of lies before.
    package var deliver: @Sendable (_ word: OutboxWord, _ position: PostgresWALPosition) async throws -> Bool
    /// Notifies the instances also of what could be delivered, where they have no other way to hear.
    package var announcesAll = false

    package init(
      isPossible: @escaping @Sendable () -> Bool = { true },
      deliver: @escaping @Sendable (_ word: OutboxWord, _ position: PostgresWALPosition) async throws -> Bool
    ) {
      self.isPossible = isPossible
      self.deliver = deliver
    }
  }

  private let platform: PlatformDatabase
  private let interval: Duration
  private let grace: Duration
  private let logger: Logger
  private let delivery: Delivery
  private let wakeUps: AsyncStream<Void>
  private let bell: AsyncStream<Void>.Continuation

  /// Most rows in hand at once.
  private static let batch = 500
  /// How long word is handed on in one transaction, so that rows are removed however many tenants there are. Of what
  /// ``OutboxStatements/limitIdleness`` allows it leaves more than two seconds for the last telling, which may take one for the tenant and one for its keys.
  private static let patience = Duration.milliseconds(400)

  /// A relay that has not begun.
  /// - Parameters:
  ///   - interval: how often it looks without being woken.
  ///   - grace: how old word must be: until then its writer may still tell of it and take it back.
  package init(
    platform: PlatformDatabase, interval: Duration, grace: Duration = .zero, logger: Logger, delivery: Delivery
  ) {
    self.platform = platform
    self.interval = interval
    self.grace = grace
    self.logger = logger
    self.delivery = delivery
    (wakeUps, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Makes it look soon; to be called for each notification of new word, and when the subscription to them had a gap.
  package func wake() { bell.yield() }

  /// Delivers until the task is cancelled. To be called once.
  package func run() async {
    var failures = ThinnedFailures()
    await withTaskGroup { group in
      group.addTask { [bell, interval] in
        while !Task.isCancelled {
          bell.yield()
          do { try await Task.sleep(for: interval) } catch { break }
        }
        bell.finish()
      }
      for await _ in wakeUps {
        do {
          // What woke it has come of age then.
          try await Task.sleep(for: grace)
          while try await deliverNext() > 0 {}
          failures.ended()
        } catch {
          guard !Task.isCancelled else { break }
          if failures.mustTell() {
            logger.warning("outbox not delivered; trying again", metadata: ["error": "\(error)"])
          }
        }
      }
      group.cancelAll()
    }
  }

  /// Delivers the oldest rows that nobody has in hand, and removes them; where that is not possible it announces those that were
  /// not announced. Returns how many it has dealt with: more may be left unless that is 0. Throws what the delivery throws,
  /// having removed nothing.
  package func deliverNext() async throws -> Int {
    let isPossible = delivery.isPossible()
    return try await platform.transaction { transaction in
      let take = isPossible ? OutboxStatements.take : OutboxStatements.takeUnannounced
      let rows = try await transaction.batch([
        PostgresQuery(OutboxStatements.limitIdleness),
        PostgresQuery(take, [.int(Self.batch), .double(grace / .seconds(1))]),
      ])[1]
      guard !rows.isEmpty else { return 0 }
      guard isPossible else {
        _ = try await announce(try rows.map { try $0.decode(0, as: Int64.self) }, transaction)
        return rows.count
      }
      // Read after the rows were seen, so that their changes lie before it.
      let position: PostgresWALPosition = try await transaction.query(OutboxStatements.position)[0].decode(0)
      let (told, untold) = try await handOn(rows, position)
      // What has been announced comes last the next time.
      let announced = try await announce(delivery.announcesAll ? told + untold : untold, transaction)
      if !told.isEmpty { _ = try await transaction.query(OutboxStatements.remove, [.int64Array(told)]) }
      return told.count + announced
    }
  }

  /// Hands on the word of rows, tenant by tenant, as long as there is time. Returns the rows of which everybody knows now, and
  /// those of which not; the others have to wait for the next time.
  private func handOn(
    _ rows: PostgresRows, _ position: PostgresWALPosition
  ) async throws -> (told: [Int64], untold: [Int64]) {
    var ids: [TenantID: [Int64]] = [:]
    for row in rows { ids[try row.decode(1), default: []].append(try row.decode(0, as: Int64.self)) }
    var (told, untold): ([Int64], [Int64]) = ([], [])
    let end = ContinuousClock.now + Self.patience
    for word in try OutboxWord.words(rows, from: 1) {
      let isTold = try await delivery.deliver(word, position)
      if isTold { told += ids[word.tenant, default: []] } else { untold += ids[word.tenant, default: []] }
      guard ContinuousClock.now < end else { break }
    }
    return (told, untold)
  }

  /// Announces those of the rows that were not announced before; returns how many notifications that took.
  private func announce(_ ids: [Int64], _ transaction: PostgresTransaction) async throws -> Int {
    guard !ids.isEmpty else { return 0 }
    let parameters: [PostgresValue] = [.int64Array(ids), .text(OutboxNotice.channel), .text("")]
    return try await transaction.query(OutboxStatements.announceRows, parameters).count
  }
}

/// Of failures in a row the first is told, and then every tenth.
private struct ThinnedFailures {
  private var count = 0

  mutating func mustTell() -> Bool {
    defer { count += 1 }
    return count % 10 == 0
  }

  mutating func ended() { count = 0 }
}
