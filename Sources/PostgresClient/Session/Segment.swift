/// One statement of a segment, ready to send.
struct Step: Sendable {
  let statement: PostgresStatement
  let parameters: EncodedParameters

  init(_ query: PostgresQuery) throws(PostgresError) {
    statement = try query.statement.checked()
    parameters = try EncodedParameters(query.parameters)
  }

  /// A statement of the client's own.
  init(own sql: StaticString) {
    statement = PostgresStatement("\(sql)", name: "\(sql)")
    parameters = EncodedParameters()
  }

  init(own sql: String, isPrepared: Bool) {
    statement = PostgresStatement(sql, name: sql, isPrepared: isPrepared)
    parameters = EncodedParameters()
  }
}

/// What goes to the server up to one Sync: its statements share a transaction, implicit unless they begin one, and when
/// one fails the rest is skipped.
enum Segment: Sendable {
  /// In the extended protocol.
  case steps([Step])
  /// Several statements in one text, without parameters, in the simple protocol.
  case script(PostgresStatement)
  /// `COPY … FROM STDIN` and what it reads, in the simple protocol.
  case copy(PostgresStatement, [UInt8])
}

/// The answer to a segment.
struct SegmentReply: Sendable {
  /// Results of the steps that succeeded, in order.
  var results: [ServerResult] = []
  /// Why the step after those failed; nil when all succeeded.
  var failure: PostgresError? {
    get { if case .because(let error) = outcome { error } else { nil } }
    set { outcome = newValue.map { .because($0) } ?? .success }
  }
  private var outcome = Outcome.success
  /// Whether the server said WARNING while it executed the last step, or after it.
  var hasFinalWarning = false
  /// Whether a prepared statement was no longer valid: nothing was executed, and trying again prepares it anew.
  var hasStalePlan = false
  /// The transaction block that the connection is left in.
  var block = TransactionBlock.idle

  /// An error is large and rare: indirect, so that replies stay small.
  private indirect enum Outcome {
    case success
    case because(PostgresError)
  }
}

/// Whether a connection is in a transaction block.
enum TransactionBlock: Sendable {
  case idle, open, failed, unknown
}
