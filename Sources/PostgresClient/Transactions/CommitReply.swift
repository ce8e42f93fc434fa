/// What an answer to COMMIT is worth.
enum CommitReply {
  /// - Throws: the server's error when it rolled back; ``PostgresError/Code/commitUnknown`` when it ended the session or
  ///   warned. A cancelled wait for a synchronous standby answers COMMIT, with a WARNING: that acknowledges nothing.
  static func check(_ reply: SegmentReply) throws(PostgresError) {
    if var failure = reply.failure {
      if failure.isFatal || failure.code == .maybeExecuted { failure.code = .commitUnknown }
      throw failure
    }
    guard !reply.hasFinalWarning else {
      throw PostgresError(.commitUnknown, "the server warned while it committed", statement: "COMMIT")
    }
    guard let tag = reply.results.last?.commandTag, tag == "COMMIT" else {
      // COMMIT of a failed transaction succeeds with the tag ROLLBACK.
      throw PostgresError(
        .server, "the transaction had failed and was rolled back", sqlState: .failedTransaction, statement: "COMMIT")
    }
  }
}
