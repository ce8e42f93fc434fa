import Caching
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import TenancyDomain

/// One request on its way to a handler: who asks, and for what.
struct Call: Sendable {
  /// The largest body of a route that does not stream, in bytes.
  static let maximumBody = 1 << 20

  /// The largest body that the route of an address takes, in bytes.
  static func maximumBody(at path: String?) -> Int {
    path?.prefix { $0 != "?" } == Endpoint.importPackages.template[...]
      ? PackageExchangeRoutes.largestFile : maximumBody
  }

  let request: Request
  let context: APIContext
  let caller: Authenticator.Caller

  /// Whose key the request bears; nil on routes that take none.
  var holder: KeyHolder? { if case .tenant(let holder) = caller { holder } else { nil } }

  var headers: HTTPFields { request.headers }

  /// The tenant of the key. Throws `keyRequired` on a route that takes none: a route that needs a tenant takes a key.
  var tenant: Tenant {
    get throws {
      guard let holder else { throw DomainError(.keyRequired, "This route needs a key.") }
      return holder.tenant
    }
  }

  /// The operator who asks. Throws `keyRequired` on a route that takes no operator's token.
  var actor: Operator {
    get throws {
      guard case .operator(let actor) = caller else {
        throw DomainError(.keyRequired, "This route needs an operator's token.")
      }
      return actor
    }
  }

  /// The query's parameters.
  var query: QueryItems { QueryItems(target: request.head.path ?? "") }

  /// A parameter of the path, decoded. Throws `malformedRequest` for broken escapes, control characters and texts too
  /// long to name anything.
  func path(_ name: String) throws -> String { try Self.pathText(context.parameters[name[...]] ?? "", name) }

  /// Decodes a part of a path; see ``path(_:)``.
  static func pathText(_ raw: Substring, _ name: String) throws -> String {
    guard let text = PlainText.percentDecode(raw, plusIsSpace: false),
      (1...Slug.maximumLength).contains(text.utf8.count), !PlainText.hasControls(text)
    else {
      throw DomainError.malformed(name, "must have 1 to \(Slug.maximumLength) bytes, none of them control characters")
    }
    return text
  }

  /// The members of the body. Throws `bodyTooLarge` and `malformedRequest`.
  /// - Parameter mayBeAbsent: whether an empty body is an object without members.
  func members(mayBeAbsent: Bool = false) async throws -> [String: JSONValue] {
    let declared = headers[.contentLength].flatMap { Int($0) } ?? 0
    guard declared <= Self.maximumBody else { throw Self.tooLarge }
    var body = ByteBuffer()
    for try await part in request.body {
      guard body.readableBytes + part.readableBytes <= Self.maximumBody else { throw Self.tooLarge }
      body.writeImmutableBuffer(part)
    }
    return try mayBeAbsent && body.readableBytes == 0 ? [:] : JSONValue.object(body)
  }

  private static let tooLarge = DomainError(.bodyTooLarge, "The body is larger than 1 MiB.")
}
