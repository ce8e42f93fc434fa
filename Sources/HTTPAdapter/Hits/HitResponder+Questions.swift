import Caching
import CatalogDomain
import HTTPTypes
import Kernel
import Logging
import NIOCore
import TenancyDomain

/// Answers that must be waited for: what memory does not have is asked of the store or the database, in a task on the event
/// loop of the connection. What the answer is made of and how it is refused is the same as on the router's way.
extension HitResponder {
  /// A request to the catalog that memory alone cannot answer.
  struct Question: Sendable {
    let head: PlainHead
    /// The bytes of the head.
    let bytes: ByteBuffer
    let credential: TenantDirectory.Credential
    let route: String
    let start: UInt64
  }

  /// What one event loop knows of who asks.
  typealias Here = NIOLoopBound<(caller: HitCaller, memory: HitMemory)>

  /// The answer, taken down and taken off the caller's limits; nil when the router must be asked. To be called on the event
  /// loop.
  func answer(_ question: Question, _ here: Here, _ logger: Logger) async -> Hit? {
    var hit: Hit?
    await watching { hit = await watchedAnswer(question, here, logger) }
    return hit
  }

  private func watchedAnswer(_ question: Question, _ here: Here, _ logger: Logger) async -> Hit? {
    let head = question.head
    var decision: RateLimitDecision?
    do {
      let holder = try await directory.holder(of: question.credential)
      let (caller, memory) = here.value
      guard let request = caller.request(question.bytes.readableBytesUInt8Span, memory), let key = request.key,
        holder.key.kind == .publishable, let target = request.target(holder.tenant.id, memory)
      else { return nil }
      directory.note(holder, of: key)
      decision = await limits.takeWaiting(
        caller.subjects(holder.tenant.id, question.bytes.readableBytesUInt8Span, head, limits))
      if let decision, !decision.isAllowed {
        // An operator is let through, and the router knows operators.
        return head.hasAuthorization ? nil : refusal(limits.refusal(decision), question, memory, logger)
      }
      let entry = try await catalog.answer(target.tenant, target.read, at: target.key)
      return hit(
        entry, target, decision, request, question.bytes.readableBytesUInt8Span, memory, since: question.start)
    } catch {
      var problem = Problem(of: error)
      if let decision { limits.describe(decision, in: &problem.headers) }
      return refusal(problem, question, here.value.memory, logger)
    }
  }

  private func refusal(_ problem: Problem, _ question: Question, _ memory: HitMemory, _ logger: Logger) -> Hit {
    let (head, bytes) = (question.head, question.bytes.readableBytesUInt8Span)
    func text(_ place: PlainHead.Place) -> String? { place.isEmpty ? nil : String(bytes, place) }
    let method: HTTPRequest.Method = head.isHead ? .head : .get
    let requestID = finisher.requestID(bytes, head)
    problem.log(
      to: logger, method, route: question.route, requestID: requestID, traceParent: text(head.traceParent))
    var reply = problem.reply(requestID: requestID)
    reply.headers[.contentLength] = String(reply.body?.readableBytes ?? 0)
    finisher.finish(&reply.headers, origin: text(head.origin), requestID)
    var buffer = ByteBuffer(string: reply.lines)
    buffer.writeBytes(memory.dateLine())
    buffer.writeStaticString("\r\n")
    recorder.record(question.route, method, problem.status, from: question.start, to: ticker.nanoseconds())
    return Hit(head: buffer, body: head.isHead ? nil : reply.body)
  }
}
