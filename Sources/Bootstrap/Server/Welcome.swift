/// What a person at the terminal sees when the server is ready.
enum Welcome {
  /// The address, and three calls that work as pasted.
  /// - Parameter seeds: those of the demo tenants that are there.
  static func text(_ server: Settings.Server, port: Int, seeds: [Seed], token: String? = nil) -> String {
    let address = "\(server.certificate == nil ? "http" : "https")://\(server.authority(port))"
    let rest = """
      \(token.map { "As an operator, for twelve hours: Authorization: Bearer \($0)\n\n" } ?? "")The API describes itself at \(address)/openapi.json

      """
    guard let seed = seeds.first(where: { $0.tenant.slug.description == "willow" }) ?? seeds.first,
      let key = seed.storefrontKey, let package = seed.packages.first
    else {
      return """
        Tenantry is ready on \(address). `tenantry tenant create SLUG` makes a tenant and prints its keys; \
        `tenantry seed --demo` loads two to try.

        \(rest)
        """
    }
    return """
      Tenantry is ready on \(address) with \(seeds.count) demo tenants. Try:

        curl -H 'X-Tenant-Key: \(key)' '\(address)/packages?limit=3'
        curl -H 'X-Tenant-Key: \(key)' '\(address)/packages/\(package.slug)'
        curl -H 'X-Tenant-Key: \(key)' '\(address)/availability/2030-06-15'

      \(rest)
      """
  }
}
