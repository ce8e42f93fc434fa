import CatalogDomain
import Hummingbird
import Kernel

/// What storefronts read of the catalog.
struct CatalogRoutes {
  let catalog: CatalogService
  let views: any PackageViewsPort

  func add(to routes: Routes) {
    let endpoints: [Endpoint] = [
      .listPackages, .getPackage, .listSegments, .getSegment, .listSegmentPackages, .listAddOns, .listVenues,
    ]
    for endpoint in endpoints { routes.add(endpoint, answer) }
  }

  private func answer(_ call: Call) async throws -> Response {
    guard let (read, _) = try CatalogTarget.read(call.request.head.path ?? "") else {
      throw DomainError.notFound("address")
    }
    let entry = try await catalog.answer(try call.tenant.id, read)
    if call.request.method == .get { views.count(try call.tenant.id, read) }
    return EntityAnswer.reply(entry, call.headers, .catalog).response
  }
}
