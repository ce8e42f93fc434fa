/// What an answer to COMMIT is worth.
enum CommitReply {
  /// - Throws: the server's error when it rolled back; ``PostgresError/Code/commitUnknown`` when it ended the session or
  ///   warned. A cancelled wait for a synchronous standby answers COMMIT, with a WARNING: that acknowledges nothing.
  ///
  /// What fails behind COMMIT takes nothing back.
  /// - Parameter index: which result is that of COMMIT.
  static func check(_ reply: SegmentReply, at index: Int) throws(PostgresError) {
    let commit = reply.results.indices.contains(index) ? reply.results[index] : nil
    if commit == nil, var failure = reply.failure {
      if failure.isFatal || failure.code == .maybeExecuted { failure.code = .commitUnknown }
      throw failure
    }
    guard !reply.hasFinalWarning else {
      throw PostgresError(.commitUnknown, "the server warned while it committed", statement: "COMMIT")
    }
    guard let tag = commit?.commandTag, tag == "COMMIT" else {
      // COMMIT of a failed transaction succeeds with the tag ROLLBACK.
      throw PostgresError(
        .server, "the transaction had failed and was rolled back", sqlState: .failedTransaction, statement: "COMMIT")
    }
  }

  /// The position that was asked for behind COMMIT.
  static func position(_ reply: SegmentReply, behind index: Int) -> PostgresWALPosition? {
    guard reply.results.indices.contains(index + 1) else { return nil }
    // What cannot be read is not known.
    return try? PostgresRows(result: reply.results[index + 1]).first?.decode(0)
  }
}
