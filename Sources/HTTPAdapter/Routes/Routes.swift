import Hummingbird
import Kernel

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

  /// Serves an endpoint with a handler, under each of its paths.
  func add(_ endpoint: Endpoint, _ handler: @escaping Handler) {
    let (authenticator, limits) = (authenticator, limits)
    for template in endpoint.templates {
      router.on(RouterPath(template), method: endpoint.method) { request, context in
        context.coreContext.endpointPath.value = endpoint.template
        guard let holder = try await authenticator.holder(request.headers, for: endpoint.access) else {
          return try await handler(Call(request: request, context: context, holder: nil))
        }
        guard let decision = limits.take(holder, peer: context.peer, request.headers) else {
          return try await handler(Call(request: request, context: context, holder: holder))
        }
        guard decision.isAllowed else { throw limits.refusal(decision) }
        do {
          var response = try await handler(Call(request: request, context: context, holder: holder))
          limits.describe(decision, in: &response.headers)
          return response
        } catch {
          var problem = Problem(of: error)
          limits.describe(decision, in: &problem.headers)
          throw problem
        }
      }
    }
  }
}
