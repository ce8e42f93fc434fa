import Synchronization

/// Counts what one request asks of the database, to find the statement that is repeated for each row of another (N+1).
///
///     let scope = PostgresRequestScope()
///     let answer = try await PostgresRequestScope.$current.withValue(scope) { try await handle(request) }
///     for statement in scope.repeated(5) { logger.notice("repeated \(statement.count) times: \(statement.fingerprint)") }
public final class PostgresRequestScope: Sendable {
  /// The scope that the statements of this task count in. It measures; nothing else depends on it.
  @TaskLocal public static var current: PostgresRequestScope?

  private let counts = Mutex<[PostgresStatement: Int]>([:])

  public init() {}

  /// How many statements were executed, those of setups not counted. What goes out together several times in one round
  /// trip counts once: only round trips cost a request its time.
  public var statements: Int { counts.withLock { $0.values.reduce(0, +) } }

  /// Statements with the same name (or none) and the same fingerprint that came at least `times` times.
  public func repeated(_ times: Int) -> [(fingerprint: SQLFingerprint, count: Int)] {
    repeatedWithNames(times).map { ($0.fingerprint, $0.count) }
  }

  func repeatedWithNames(_ times: Int) -> [(fingerprint: SQLFingerprint, name: String?, count: Int)] {
    // To read a statement costs more than to count it, and one name stands for one statement.
    let byName = Dictionary(grouping: counts.withLock { $0 }, by: \.key.name)
    let candidates = byName.values.filter { $0.reduce(0) { $0 + $1.value } >= times }.joined()
    let byFingerprint = Dictionary(
      candidates.map { (SQLFingerprint($0.key.sql), (name: $0.key.name, count: $0.value)) },
      uniquingKeysWith: { ($0.name, $0.count + $1.count) })
    return byFingerprint.filter { $0.value.count >= times }
      .map { (fingerprint: $0.key, name: $0.value.name, count: $0.value.count) }
      .sorted { $0.count > $1.count }
  }

  /// Counts a round trip.
  func count(_ queries: [PostgresQuery]) {
    counts.withLock { counts in
      if queries.count == 1 { return counts[queries[0].statement, default: 0] += 1 }
      for statement in Set(queries.map(\.statement)) { counts[statement, default: 0] += 1 }
    }
  }
}
