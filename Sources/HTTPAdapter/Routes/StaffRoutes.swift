import Caching
import HTTPTypes
import Hummingbird
import Kernel
import TenancyDomain

/// The five routes of one kind of record that staff manage.
struct StaffRoutes<Resource: StaffResource> {
  let resource: Resource
  let endpoints: Endpoint.Management

  func add(to routes: Routes) {
    routes.add(endpoints.list) { call in
      let page = try call.query.page(of: Resource.list)
      return try JSONAnswer.response(try await resource.list(try call.tenant.id, page))
    }
    routes.add(endpoints.get) { call in
      let record = try await resource.find(try call.tenant.id, try call.path("id"))
      let body = try CacheCodec.encode(resource.view(record))
      return EntityAnswer.reply(body, call.headers, .staff, vary: "Authorization, Accept-Encoding").response
    }
    routes.add(endpoints.create) { call in
      let tenant = try call.tenant
      let fields = try Resource.Fields(body: try await call.members(), tenant: tenant.profile)
      let record = try await resource.create(tenant.id, fields)
      return try answer(record, .created, [.location: Self.path(call) + "/" + resource.id(record)])
    }
    routes.add(endpoints.update) { call in
      let tenant = try call.tenant
      let patch = try await call.members()
      let record = try await resource.update(tenant.id, try call.path("id"), if: isAllowed(call)) { fields in
        let merged = JSONValue.merge(patch, into: try JSONValue.members(of: fields))
        return try Resource.Fields(body: merged, tenant: tenant.profile)
      }
      return try answer(record, .ok)
    }
    routes.add(endpoints.delete) { call in
      try await resource.delete(try call.tenant.id, try call.path("id"), if: isAllowed(call))
      return Response(status: .noContent, headers: [.cacheControl: "no-store"])
    }
  }

  private func answer(_ record: Resource.Record, _ status: HTTPResponse.Status, _ headers: HTTPFields = [:]) throws
    -> Response
  {
    let body = try CacheCodec.encode(resource.view(record))
    var headers = headers
    headers[.contentType] = "application/json"
    headers[.cacheControl] = "no-store"
    headers[.eTag] = EntityTag(of: body).identity
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
  }

  /// Whether the record is still a version that `If-Match` names.
  private func isAllowed(_ call: Call) -> @Sendable (Resource.Record) throws -> Bool {
    { record in
      try Preconditions.allowsWrite(
        call.headers, try resource.versions(record).map { EntityTag(of: try CacheCodec.encode($0)) })
    }
  }

  private static func path(_ call: Call) -> String {
    let path = (call.request.head.path ?? "").prefix { $0 != "?" }
    return "/" + path.split(separator: "/").joined(separator: "/")
  }
}
