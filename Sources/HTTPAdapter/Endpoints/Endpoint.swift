package import HTTPTypes
package import TenancyDomain

/// One route: where it is, who may use it and what it answers. Handlers are bound to these and the OpenAPI document is made
/// of them; a test holds the two against each other.
package struct Endpoint: Sendable {
  /// Where the path begins.
  package enum Base: Sendable {
    /// `/api/v1`.
    case api
    /// `/api/v1` and the root, for the paths that the design's documents name.
    case apiAndRoot
    /// The root.
    case root
  }

  /// Whose key a route takes.
  package enum Access: Sendable, Equatable {
    case open
    /// A publishable key.
    case storefront
    /// A secret key.
    case staff
    /// A secret key, or a publishable one with the booking's token.
    case staffOrCustomer
    /// An operator's token with a role, or with one above it.
    case operators(OperatorRole)
    /// The same; callers on this machine need none.
    case operatorsOrLocal(OperatorRole)
  }

  /// A parameter in the query, the path or a header.
  package struct Parameter: Sendable {
    package enum Place: String, Sendable {
      case path
      case query
      case header
    }

    package let name: String
    package let place: Place
    package let summary: String
    /// A JSON schema.
    package let schema: String
    package var isRequired = false
  }

  /// An answer other than a problem that every route of its kind may give.
  package struct Answer: Sendable {
    package let status: Int
    package let summary: String
    /// The name of a schema of the document; nil for no body.
    package var schema: String?
    package var mediaTypes = ["application/json"]
  }

  /// A name for clients, unique.
  package let operation: String
  package let method: HTTPRequest.Method
  /// The path after the base, parameters in braces.
  package let path: String
  package let base: Base
  package let access: Access
  package let tag: String
  package let summary: String
  package let parameters: [Parameter]
  /// The name of the schema of the body; nil when none is read.
  package let body: String?
  /// The forms the body may have.
  package let bodyMediaTypes: [String]
  package let answers: [Answer]
  /// The full path template, versioned where the route also answers at the root.
  package let template: String

  package init(
    _ operation: String, _ method: HTTPRequest.Method, _ path: String, base: Base = .api, access: Access, tag: String,
    _ summary: String, parameters: [Parameter] = [], body: String? = nil,
    bodyMediaTypes: [String] = ["application/json"], answers: [Answer]
  ) {
    self.operation = operation
    self.method = method
    self.path = path
    self.base = base
    self.access = access
    self.tag = tag
    self.summary = summary
    self.parameters = parameters
    self.body = body
    self.bodyMediaTypes = bodyMediaTypes
    self.answers = answers
    template = base == .root ? path : "/api/v1" + path
  }

  /// The full path templates the route is served under.
  package var templates: [String] {
    base == .apiAndRoot ? [template, path] : [template]
  }

  /// The methods that the router takes at a path, each once.
  static func methods(at path: some StringProtocol) -> [String] {
    let parts = path.split(separator: "/")
    let routes = all.flatMap { endpoint in
      endpoint.templates.map { (method: endpoint.method.rawValue, template: $0) }
    }
    let matching = routes.filter { route in
      let expected = route.template.split(separator: "/")
      return expected.count == parts.count && zip(expected, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
    // Of several the router takes the one with a name where others have a parameter, which sorts behind all names.
    let template = matching.map(\.template).min()
    let methods = matching.filter { $0.template == template }.map(\.method)
    return methods.contains("GET") ? methods + ["HEAD"] : methods
  }
}
