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

  /// How many statements were executed, those of setups not counted.
  public var statements: Int { counts.withLock { $0.values.reduce(0, +) } }

  /// Statements with the same fingerprint that came at least `times` times.
  public func repeated(_ times: Int) -> [(fingerprint: SQLFingerprint, count: Int)] {
    let counts = counts.withLock { $0 }
    let byFingerprint = Dictionary(counts.map { (SQLFingerprint($0.key.sql), $0.value) }, uniquingKeysWith: +)
    return byFingerprint.filter { $0.value >= times }.map { ($0.key, $0.value) }.sorted { $0.count > $1.count }
  }

  func count(_ statement: PostgresStatement) { counts.withLock { $0[statement, default: 0] += 1 } }
}
