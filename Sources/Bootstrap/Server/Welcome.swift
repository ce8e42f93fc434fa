/// What a person at the terminal sees when the server is ready.
enum Welcome {
  /// The address, and three calls that work as pasted.
  static func text(_ server: Settings.Server, port: Int, seeds: [Seed], token: String? = nil) -> String {
    let address = "\(server.certificate == nil ? "http" : "https")://\(server.host):\(port)"
    guard let seed = seeds.first(where: { $0.tenant.slug.description == "willow" }) ?? seeds.first,
      let key = seed.keys.first(where: { $0.hasPrefix("pk_") }), let package = seed.packages.first
    else { return "Tenantry is ready on \(address)\n" }
    return """
      Tenantry is ready on \(address) with \(seeds.count) demo tenants. Try:

        curl -H 'X-Tenant-Key: \(key)' '\(address)/packages?limit=3'
        curl -H 'X-Tenant-Key: \(key)' '\(address)/packages/\(package.slug)'
        curl -H 'X-Tenant-Key: \(key)' '\(address)/availability/2030-06-15'

      \(token.map { "As an operator, for twelve hours: Authorization: Bearer \($0)\n\n" } ?? "")The API describes itself at \(address)/openapi.json

      """
  }
}
