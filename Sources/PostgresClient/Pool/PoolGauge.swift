import Synchronization

/// The last statistics of a pool, for whoever asks from another thread.
final class PoolGauge: Sendable {
  private let statistics: Mutex<PostgresPoolStatistics>

  init(maximum: Int) { statistics = Mutex(PostgresPoolStatistics(maximum: maximum)) }

  var current: PostgresPoolStatistics { statistics.withLock { $0 } }

  func publish(_ new: PostgresPoolStatistics) { statistics.withLock { $0 = new } }
}
