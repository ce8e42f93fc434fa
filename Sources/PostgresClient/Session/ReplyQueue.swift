import DequeModule

/// Which answer belongs to which question on one connection in pipeline mode. Knows no socket.
///
/// libpq gives for each command one result and then NULL, and for each Sync one result without NULL. A segment is done
/// with its Sync, also when a step failed and the rest came back as aborted; so an answer can never go to a later
/// question.
struct ReplyQueue<Token> {
  /// What a segment asked, in the order in which the answers come.
  enum Question: Equatable {
    /// Prepare a statement for the step with that number.
    case prepare(step: Int)
    /// Something of the session's own, whose answer nobody waits for.
    case housekeeping
    case step(Int)
  }

  /// What libpq returned.
  enum Reply: Equatable {
    case success, failure, aborted, sync
    /// NULL.
    case end
  }

  /// What it means.
  enum Meaning: Equatable {
    case nothing
    case prepared(step: Int)
    case answered(step: Int)
    case failed(step: Int)
    /// The segment at the head is over.
    case finished
    /// The answer fits no question: the connection cannot be used any longer.
    case violation
  }

  struct Entry {
    let token: Token
    let questions: [Question]
    fileprivate var next = 0
    fileprivate var isAnswered = false
    fileprivate(set) var hasFailed = false
  }

  private(set) var entries: Deque<Entry> = []

  var isEmpty: Bool { entries.isEmpty }
  var count: Int { entries.count }
  var head: Token? { entries.first?.token }

  mutating func append(_ token: Token, _ questions: [Question]) {
    entries.append(Entry(token: token, questions: questions))
  }

  /// Takes the head out, after ``Meaning/finished``.
  mutating func removeHead() -> Token? { entries.popFirst()?.token }

  /// Takes everything out: the connection is lost.
  mutating func removeAll() -> [Token] {
    defer { entries.removeAll() }
    return entries.map(\.token)
  }

  mutating func receive(_ reply: Reply) -> Meaning {
    guard let entry = entries.first else { return reply == .end ? .nothing : .violation }
    if entry.next == entry.questions.count {
      switch reply {
      case .sync: return .finished
      case .end: return .nothing
      case .success, .failure, .aborted: return .violation
      }
    }
    let question = entry.questions[entry.next]
    switch reply {
    case .end:
      guard entry.isAnswered else { return .violation }
      entries[0].next += 1
      entries[0].isAnswered = false
      return .nothing
    case .sync: return .violation
    case .aborted:
      guard entry.hasFailed, !entry.isAnswered else { return .violation }
      entries[0].isAnswered = true
      return .nothing
    case .success, .failure:
      guard !entry.hasFailed, !entry.isAnswered else { return .violation }
      entries[0].isAnswered = true
      if reply == .failure { entries[0].hasFailed = true }
      return meaning(of: reply, to: question)
    }
  }

  private func meaning(of reply: Reply, to question: Question) -> Meaning {
    switch question {
    case .housekeeping: reply == .success ? .nothing : .failed(step: 0)
    case .prepare(let step): reply == .success ? .prepared(step: step) : .failed(step: step)
    case .step(let step): reply == .success ? .answered(step: step) : .failed(step: step)
    }
  }
}
