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
    /// The end of the segment.
    case sync
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

  /// One for each segment.
  private(set) var tokens: Deque<Token> = []
  /// Those of all segments.
  private var questions: Deque<Question> = []
  /// Whether the first question has its answer, and only NULL is to come.
  private var isAnswered = false
  /// Whether a step of the segment at the head failed.
  private var hasFailed = false

  var isEmpty: Bool { tokens.isEmpty }
  var count: Int { tokens.count }

  /// The segment whose answers come now. There must be one.
  var head: Token {
    get { tokens[0] }
    _modify { yield &tokens[0] }
  }

  /// Asks something; ``append(_:)`` ends the segment.
  mutating func ask(_ question: Question) { questions.append(question) }

  /// What was asked since the last segment is a segment.
  mutating func append(_ token: Token) {
    questions.append(.sync)
    tokens.append(token)
  }

  /// Takes the head out, after ``Meaning/finished``.
  mutating func removeHead() -> Token { tokens.removeFirst() }

  /// Takes everything out: the connection is lost.
  mutating func removeAll() -> [Token] {
    defer { self = Self() }
    return Array(tokens)
  }

  mutating func receive(_ reply: Reply) -> Meaning {
    guard let question = questions.first else { return reply == .end ? .nothing : .violation }
    switch reply {
    case .end:
      guard isAnswered else { return question == .sync ? .nothing : .violation }
      questions.removeFirst()
      isAnswered = false
      return .nothing
    case .sync:
      guard question == .sync else { return .violation }
      questions.removeFirst()
      hasFailed = false
      return .finished
    case .aborted:
      guard question != .sync, hasFailed, !isAnswered else { return .violation }
      isAnswered = true
      return .nothing
    case .success, .failure:
      guard question != .sync, !hasFailed, !isAnswered else { return .violation }
      isAnswered = true
      hasFailed = reply == .failure
      return meaning(of: reply, to: question)
    }
  }

  private func meaning(of reply: Reply, to question: Question) -> Meaning {
    switch question {
    case .housekeeping: reply == .success ? .nothing : .failed(step: 0)
    case .prepare(let step): reply == .success ? .prepared(step: step) : .failed(step: step)
    case .step(let step): reply == .success ? .answered(step: step) : .failed(step: step)
    case .sync: .violation
    }
  }
}
