import HTTPTypes
import Hummingbird
import Kernel
import TenancyDomain

/// Binds handlers to endpoints: who may call is settled before a handler runs.
struct Routes {
  typealias Handler = @Sendable (Call) async throws -> Response

  private let router: Router<APIContext>
  private let authenticator: Authenticator
  private let limits: Limits

  init(router: Router<APIContext>, authenticator: Authenticator, limits: Limits) {
    self.router = router
    self.authenticator = authenticator
    self.limits = limits
  }

  /// Serves an endpoint with a handler, under each of its paths; HEAD as GET, since the responder leaves out the body.
  func add(_ endpoint: Endpoint, _ handler: @escaping Handler) {
    let (authenticator, limits) = (authenticator, limits)
    let answer: @Sendable (Request, APIContext) async throws -> Response = { request, context in
      context.coreContext.endpointPath.value = endpoint.template
      let caller = try await authenticator.caller(
        request.headers, for: endpoint.access,
        isLocal: ClientAddress.isLocal(context.channel, request.headers))
      let call = Call(request: request, context: context, caller: caller)
      guard case .tenant(let holder) = caller,
        let decision = await limits.takeWaiting(holder, peer: context.peer, request.headers)
      else { return try await handler(call) }
      guard decision.isAllowed else {
        guard await authenticator.isOperator(request.headers) else { throw limits.refusal(decision) }
        return try await handler(call)
      }
      do {
        var response = try await handler(call)
        limits.describe(decision, in: &response.headers)
        return response
      } catch {
        var problem = Problem(of: error)
        limits.describe(decision, in: &problem.headers)
        throw problem
      }
    }
    for template in endpoint.templates {
      router.on(RouterPath(template), method: endpoint.method, use: answer)
      if endpoint.method == .get { router.on(RouterPath(template), method: .head, use: answer) }
    }
  }
}
