import CLibPQ

extension Session {
  /// Reads what the socket has and passes on every answer that is complete.
  func receive() {
    repeat {
      guard PQconsumeInput(connection) == 1 else {
        // What came before the end is still to be told.
        takeReplies()
        if isOpen { lost() }
        return
      }
      takeReplies()
      takeNotifications()
      // The socket does not show what OpenSSL has read already.
    } while isOpen && hasDecryptedBytes
    if isWatchingWrites { flushLater() }
  }

  private var hasDecryptedBytes: Bool {
    guard PQsslInUse(connection) == 1, let ssl = PQgetssl(connection) else { return false }
    return SSL_pending(ssl) > 0
  }

  private func takeReplies() {
    while isOpen, pendingCount > 0, PQisBusy(connection) == 0 {
      let result = PQgetResult(connection).map { ServerResult(owning: $0) }
      if let script { receive(result, of: script) } else { receive(result) }
      if isOpen, PQstatus(connection) == CONNECTION_BAD { lost() }
    }
  }

  private func takeNotifications() {
    while isOpen, let notification = PQnotifies(connection) {
      let channel = String(cString: notification.pointee.relname)
      let payload = String(cString: notification.pointee.extra)
      PQfreemem(notification)
      owner?.session(self, notifiedOn: channel, payload: payload)
    }
  }

  private func receive(_ result: ServerResult?) {
    guard let pending = replies.head else { return }
    let warned = hasWarning
    if result != nil { hasWarning = false }
    switch replies.receive(kind(of: result)) {
    case .nothing: break
    case .prepared(let step):
      if let index = pending.preparing.firstIndex(where: { $0.step == step }), let sql = sql(pending, step) {
        statements.prepared(sql, pending.preparing.remove(at: index).name)
      }
    case .answered:
      // What is asked behind COMMIT does not take back what was said while it was executed.
      let isBehindCommit = pending.exchange.commits && pending.reply.results.last?.commandTag == "COMMIT"
      if let result { pending.reply.results.append(result) }
      pending.reply.hasFinalWarning = warned || (isBehindCommit && pending.reply.hasFinalWarning)
    case .failed(let step): if let result { failed(pending, step, result) }
    case .finished:
      if warned { pending.reply.hasFinalWarning = true }
      finish(pending)
    case .violation:
      close(PostgresError(.protocolViolation, "an answer that fits no question; COPY is not for these calls"))
    }
  }

  private func finish(_ pending: Pending) {
    _ = replies.removeHead()
    for (step, name) in pending.preparing {
      if let sql = sql(pending, step) { statements.forgetUnready(sql, name) }
    }
    if replies.isEmpty { pending.reply.block = block }
    owner?.session(self, answered: pending.exchange, pending.reply)
  }

  private func failed(_ pending: Pending, _ step: Int, _ result: ServerResult) {
    let name = statement(pending, step)?.name
    var error = PostgresError(result, statement: name)
    if error.isFatal {
      fatalState = error.sqlState
      error.code = .maybeExecuted
    }
    // "cached plan must not change result type" has no code of its own; the routine's name is not translated.
    let routine = PQresultErrorField(result.pointer, Int32(UInt8(ascii: "R"))).map { String(cString: $0) }
    let isOutdated = error.sqlState == .featureNotSupported && routine == "RevalidateCachedQuery"
    if isOutdated || error.sqlState == .unknownPreparedStatement, case .steps(let steps) = pending.exchange.segment,
      steps.indices.contains(step)
    {
      statements.forget(steps[step], isOnServer: isOutdated)
      pending.reply.hasStalePlan = true
    }
    pending.reply.failure = error
  }

  private func kind(of result: ServerResult?) -> ReplyQueue<Pending>.Reply {
    guard let result else { return .end }
    switch PQresultStatus(result.pointer) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return .success
    case PGRES_PIPELINE_SYNC: return .sync
    case PGRES_PIPELINE_ABORTED: return .aborted
    case PGRES_FATAL_ERROR: return .failure
    default: return .end
    }
  }

  private func statement(_ pending: Pending, _ step: Int) -> PostgresStatement? {
    guard case .steps(let steps) = pending.exchange.segment, steps.indices.contains(step) else { return nil }
    return steps[step].statement
  }

  private func sql(_ pending: Pending, _ step: Int) -> String? { statement(pending, step)?.sql }

  /// Outside pipeline mode: results until NULL; an error ends the script.
  private func receive(_ result: ServerResult?, of pending: Pending) {
    if let result {
      switch kind(of: result) {
      case .success: pending.reply.results.append(result)
      case .failure: pending.reply.failure = PostgresError(result, statement: pending.exchange.statementName)
      case .sync, .aborted, .end: close(PostgresError(.protocolViolation, "a script cannot COPY"))
      }
      return
    }
    script = nil
    guard PQstatus(connection) == CONNECTION_OK, PQenterPipelineMode(connection) == 1 else {
      script = pending
      return lost()
    }
    pending.reply.block = block
    owner?.session(self, answered: pending.exchange, pending.reply)
  }
}
