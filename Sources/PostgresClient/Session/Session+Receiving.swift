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

  func takeReplies() {
    // While it takes a copy libpq says nothing else.
    while isOpen, pendingCount > 0, copiedBytes == nil, PQisBusy(connection) == 0 {
      let result = PQgetResult(connection)
      if script == nil { receive(result) } else { receiveOfScript(result) }
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

  private func receive(_ result: OpaquePointer?) {
    let warned = hasWarning
    if result != nil { hasWarning = false }
    let meaning = replies.receive(kind(of: result))
    if case .answered(let step) = meaning, let result { return answered(step, result, warned) }
    defer { PQclear(result) }
    switch meaning {
    case .nothing, .answered: break
    case .prepared(let step):
      if let index = replies.head.preparing.firstIndex(where: { $0.step == step }),
        let statement = replies.head.statement(step)
      {
        statements.prepared(statement, replies.head.preparing.remove(at: index).name)
      }
    case .failed(let step): if let result { failed(step, result) }
    case .finished: finish(warned)
    case .violation:
      close(PostgresError(.protocolViolation, "an answer that fits no question; COPY is not for these calls"))
    }
  }

  private func answered(_ step: Int, _ result: OpaquePointer, _ warned: Bool) {
    let pending = replies.head
    // What is asked behind COMMIT does not take back what was said while it was executed.
    let isBehindCommit = pending.exchange.commits && pending.reply.results.last?.commandTag == "COMMIT"
    replies.head.reply.hasFinalWarning = warned || (isBehindCommit && pending.reply.hasFinalWarning)
    let name = pending.statement(step)?.name
    replies.head.reply.results.append(ServerResult(owning: result, statement: name, returnedTo: core.bin))
  }

  private func finish(_ warned: Bool) {
    var pending = replies.removeHead()
    for (step, name) in pending.preparing {
      if let statement = pending.statement(step) { statements.forgetUnready(statement, name) }
    }
    if warned { pending.reply.hasFinalWarning = true }
    if replies.isEmpty { pending.reply.block = block }
    owner?.session(self, answered: pending.exchange, pending.reply)
  }

  private func failed(_ step: Int, _ result: OpaquePointer) {
    var error = PostgresError(result, statement: replies.head.statement(step)?.name)
    if error.isFatal {
      fatalState = error.sqlState
      error.code = .maybeExecuted
    }
    // "cached plan must not change result type" has no code of its own; the routine's name is not translated.
    let routine = PQresultErrorField(result, Int32(UInt8(ascii: "R"))).map { String(cString: $0) }
    let isOutdated = error.sqlState == .featureNotSupported && routine == "RevalidateCachedQuery"
    if isOutdated || error.sqlState == .unknownPreparedStatement,
      case .steps(let steps) = replies.head.exchange.segment, steps.indices.contains(step)
    {
      statements.forget(steps[step], isOnServer: isOutdated)
      replies.head.reply.hasStalePlan = true
    }
    replies.head.reply.failure = error
  }

  private func kind(of result: OpaquePointer?) -> ReplyQueue<Pending>.Reply {
    guard let result else { return .end }
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return .success
    case PGRES_PIPELINE_SYNC: return .sync
    case PGRES_PIPELINE_ABORTED: return .aborted
    case PGRES_FATAL_ERROR: return .failure
    default: return .end
    }
  }

  /// Outside pipeline mode: results until NULL; an error ends the script.
  private func receiveOfScript(_ result: OpaquePointer?) {
    if let result {
      let statement = script?.exchange.statementName
      switch kind(of: result) {
      case .success:
        script?.reply.results.append(ServerResult(owning: result, statement: statement, returnedTo: core.bin))
        return
      case .failure: script?.reply.failure = PostgresError(result, statement: statement)
      case .sync, .aborted, .end: beginCopy(result)
      }
      return PQclear(result)
    }
    guard PQstatus(connection) == CONNECTION_OK, PQenterPipelineMode(connection) == 1 else { return lost() }
    guard var pending = script else { return }
    script = nil
    pending.reply.block = block
    owner?.session(self, answered: pending.exchange, pending.reply)
  }
}
