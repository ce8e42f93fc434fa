import Kernel
package import Logging
package import PostgresClient

/// Delivers the word that changes have left, at least once each, whatever crashed after their COMMIT.
///
/// Any number of relays may run at once: each takes what no other has in hand (SKIP LOCKED). Word that cannot be
/// delivered stays where it is. It reads as the owner, across tenants.
package final class OutboxRelay: Sendable {
  /// Hands word on. Must bear being given the same word again. The position is one that every change it tells of lies
  /// before.
  package typealias Delivery = @Sendable (_ words: [OutboxWord], _ position: PostgresWALPosition) async throws -> Void

  private let platform: PlatformDatabase
  private let interval: Duration
  private let logger: Logger
  private let deliver: Delivery
  private let wakeUps: AsyncStream<Void>
  private let bell: AsyncStream<Void>.Continuation

  /// The channel on which PostgreSQL notifies of new word. Bookings do not use it: see ``Outbox``.
  package static let channel = Outbox.channel

  /// Most rows in hand at once.
  private static let batch = 500

  /// A relay that has not begun.
  /// - Parameter interval: how often it looks without being woken.
  package init(
    platform: PlatformDatabase, interval: Duration, logger: Logger, deliver: @escaping Delivery
  ) {
    self.platform = platform
    self.interval = interval
    self.logger = logger
    self.deliver = deliver
    (wakeUps, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Makes it look now; to be called for each notification, and when the subscription to them had a gap.
  package func wake() { bell.yield() }

  /// Delivers until the task is cancelled. To be called once.
  package func run() async {
    await withTaskGroup { group in
      group.addTask { [bell, interval] in
        while !Task.isCancelled {
          bell.yield()
          do { try await Task.sleep(for: interval) } catch { break }
        }
        bell.finish()
      }
      for await _ in wakeUps {
        do { while try await deliverNext() == Self.batch {} } catch {
          guard !Task.isCancelled else { break }
          logger.warning("outbox not delivered; trying again", metadata: ["error": "\(error)"])
        }
      }
      group.cancelAll()
    }
  }

  /// Delivers the oldest rows that nobody has in hand, and removes them. Returns how many. Throws what the delivery
  /// throws, having removed nothing.
  package func deliverNext() async throws -> Int {
    try await platform.transaction { transaction in
      let rows = try await transaction.query(Self.take, [.int(Self.batch)])
      guard !rows.isEmpty else { return 0 }
      // Read after the rows were seen, so that their changes lie before it.
      let position: PostgresWALPosition = try await transaction.query(Self.position)[0].decode(0)
      var ids: [Int64] = []
      var tags: [TenantID: Set<String>] = [:]
      for row in rows {
        ids.append(try row.decode(0))
        tags[try row.decode(1), default: []].formUnion(try row.decode(2, as: [String].self))
      }
      try await deliver(tags.map { OutboxWord(tenant: $0.key, texts: $0.value) }, position)
      _ = try await transaction.query(Self.remove, [.int64Array(ids)])
      return rows.count
    }
  }

  private static let take = PostgresStatement(
    "SELECT id, tenant_id, tags FROM outbox ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED", name: "outbox.take")

  private static let position = PostgresStatement("SELECT pg_current_wal_insert_lsn()", name: "outbox.position")

  private static let remove = PostgresStatement("DELETE FROM outbox WHERE id = ANY ($1)", name: "outbox.remove")
}
