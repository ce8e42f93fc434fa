import CLibPQ

extension Session {
  /// Sends a segment. When the connection turns out to be lost the owner hears that instead of an answer.
  func send(_ exchange: Exchange) {
    guard isOpen else { return }
    switch exchange.segment {
    case .steps(let steps): send(steps, Pending(exchange))
    case .script(let statement), .copy(let statement, _): send(script: statement, Pending(exchange))
    }
  }

  private func send(_ steps: [Step], _ asked: Pending) {
    var pending = asked
    var isSent = sendGarbage()
    for index in steps.indices where isSent {
      isSent = send(steps[index], index, &pending)
    }
    isSent = isSent && PQpipelineSync(connection) == 1
    replies.append(pending)
    if isSent { flushLater() } else { lost() }
  }

  private func send(_ step: Step, _ index: Int, _ pending: inout Pending) -> Bool {
    let sql = step.statement.sql
    switch statements.plan(step) {
    case .execute(let name):
      replies.ask(.step(index))
      return execute(name, step)
    case .prepare(let name):
      pending.preparing.append((index, name))
      replies.ask(.prepare(step: index))
      replies.ask(.step(index))
      let types = step.parameters.types
      let count = Int32(truncatingIfNeeded: types.count)
      return PQsendPrepare(connection, name, sql, count, types) == 1 && execute(name, step)
    case .unnamed:
      replies.ask(.step(index))
      return core.scratch.with(step.parameters) { count, types, values, lengths, formats in
        PQsendQueryParams(connection, sql, count, types, values, lengths, formats, 1) == 1
      }
    }
  }

  private func execute(_ name: String, _ step: Step) -> Bool {
    core.scratch.with(step.parameters) { count, _, values, lengths, formats in
      PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1) == 1
    }
  }

  /// Deallocates statements that are no longer needed, where no failed transaction can be in the way.
  private func sendGarbage() -> Bool {
    guard statements.hasGarbage, replies.isEmpty, block == .idle else { return true }
    for name in statements.takeGarbage() {
      replies.ask(.housekeeping)
      guard PQsendQueryParams(connection, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 1) == 1 else { return false }
    }
    return true
  }

  /// Several statements at once go only outside pipeline mode, which nothing may be pending in.
  private func send(script statement: PostgresStatement, _ pending: Pending) {
    script = pending
    guard PQexitPipelineMode(connection) == 1, PQsendQuery(connection, statement.sql) == 1 else { return lost() }
    flushLater()
  }
}
