/// What a server says of itself in a health check.
struct ServerReport: Equatable {
  var isInRecovery: Bool
  /// Replayed, or of a primary flushed, which is what it sends to replicas.
  var position: PostgresWALPosition
  /// The one that a primary writes, or the newest that a replica is known to follow.
  var timeline: UInt32?
  var isWritable: Bool
  /// Whether the server has the function that gives its CPU load.
  var reportsCPU = false
  var latency = Duration.zero
  var cpuPercent: Double?

  /// A primary's timeline is in the name of the log file that it writes: `pg_control_checkpoint()` shows that of the last
  /// checkpoint, which after a promotion is the old one for a while.
  ///
  /// A replica's is that of the stream it receives: a server takes none that forked off before what it has replayed. Who is no
  /// member of `pg_read_all_stats` does not see it, and fed from an archive there is none; then it is that of the last
  /// restartpoint or the last page written, which after a promotion is the old one for some minutes. Too old a timeline keeps
  /// reads away, which is safe.
  static let statement = PostgresStatement(
    """
    SELECT pg_is_in_recovery(),
      CASE WHEN pg_is_in_recovery() THEN COALESCE(pg_last_wal_replay_lsn(), '0/0') ELSE pg_current_wal_flush_lsn() END,
      CASE WHEN pg_is_in_recovery() THEN to_hex(greatest(
          (SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()),
          (SELECT min_recovery_end_timeline FROM pg_control_recovery())))
        ELSE left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END,
      current_setting('transaction_read_only') = 'off', to_regprocedure($1) IS NOT NULL
    """, name: "health")

  init(
    isInRecovery: Bool, position: PostgresWALPosition, timeline: UInt32? = nil, isWritable: Bool,
    latency: Duration = .zero, cpuPercent: Double? = nil
  ) {
    self.isInRecovery = isInRecovery
    self.position = position
    self.timeline = timeline
    self.isWritable = isWritable
    self.latency = latency
    self.cpuPercent = cpuPercent
  }

  init(_ rows: PostgresRows) throws(PostgresError) {
    guard let row = rows.first else { throw PostgresError(.protocolViolation, "no row from the health check") }
    isInRecovery = try row.decode(0)
    position = try row.decode(1)
    timeline = try row.decodeIfPresent(2, as: String.self).flatMap { UInt32($0, radix: 16) }
    isWritable = try row.decode(3)
    reportsCPU = try row.decode(4)
  }
}
