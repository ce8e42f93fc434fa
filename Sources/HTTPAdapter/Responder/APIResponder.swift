package import Hummingbird
import Kernel

/// Answers every request that is not answered on the event loop, through the router. Nothing escapes it as an error.
package struct APIResponder: HTTPResponder {
  package typealias Context = APIContext

  let router: RouterResponder<APIContext>
  let finisher: Finisher
  let recorder: RequestRecorder
  let watching: DatabaseInsight.RequestWatch
  let ticker: any Ticker

  package func respond(to request: Request, context: APIContext) async throws -> Response {
    await answer(request, context)
  }

  /// The answer to a request.
  func answer(_ request: Request, _ context: APIContext) async -> Response {
    let start = ticker.nanoseconds()
    let requestID = finisher.requestID(request.headers)
    var context = context
    context.requestID = requestID
    var response = Response(status: .internalServerError)
    await watching { response = await routed(request, context) }
    finisher.finish(&response.headers, origin: request.headers[.origin], requestID)
    let template = context.endpointPath ?? RequestRecorder.unmatched
    recorder.record(template, request.method, response.status, from: start, to: ticker.nanoseconds())
    let isOfKnownLength = response.body.contentLength != nil
    if request.method == .head { response = response.createHeadResponse() }
    // What GET would stream tells no length (RFC 9110, section 8.6), nor does an answer that has no body.
    if !isOfKnownLength || response.status == .noContent || response.status == .notModified {
      response.headers[.contentLength] = nil
    }
    return response
  }

  private func routed(_ request: Request, _ context: APIContext) async -> Response {
    if let preflight = finisher.crossOrigin.preflight(request) { return preflight }
    do {
      let response = try await router.respond(to: request, context: context)
      // Hummingbird's word for a request that no route takes; it has no other sign.
      guard context.endpointPath == "NotFound" else { return response }
      context.coreContext.endpointPath.value = RequestRecorder.unmatched
      throw Self.unmatched(request)
    } catch {
      let problem = Problem(of: error)
      problem.log(
        to: context.logger, request.method, route: context.endpointPath ?? RequestRecorder.unmatched,
        requestID: context.requestID, traceParent: request.headers[.traceParent])
      return problem.response(requestID: context.requestID)
    }
  }

  /// No route has this path and method: 405 when the path has others.
  private static func unmatched(_ request: Request) -> Problem {
    let methods = Endpoint.methods(at: (request.head.path ?? "").prefix { $0 != "?" })
    guard !methods.isEmpty else { return Problem(DomainError.notFound("address")) }
    var problem = Problem(DomainError(.methodNotAllowed, "This address does not take \(request.method.rawValue)."))
    problem.headers[.allow] = methods.joined(separator: ", ")
    return problem
  }
}
