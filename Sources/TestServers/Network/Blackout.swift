/// A server that can be made silent with its sockets open: by dropping packets where that is allowed, otherwise by a proxy
/// that swallows bytes, which differs in that the kernel still acknowledges them.
package final class Blackout: Sendable {
  /// Where clients connect.
  package let port: Int
  /// Why the proxy stands in; nil where packets are dropped.
  package let obstacle: String?
  private let proxy: FaultProxy?

  /// Prepares to silence a server that listens on a port.
  package init(of port: Int) async throws {
    obstacle = await PacketFilter.obstacle()
    proxy = obstacle == nil ? nil : try await FaultProxy.start(before: port)
    self.port = proxy?.port ?? port
  }

  /// Silences the server for as long as `body` runs.
  package func run<Result>(_ body: () async throws -> Result) async throws -> Result {
    guard let proxy else {
      let filter = try await PacketFilter(port: port)
      let result = try await body()
      try await filter.lift()
      return result
    }
    proxy.faults.dropsFromServer = true
    proxy.faults.dropsFromClient = true
    defer { proxy.faults = FaultProxy.Faults() }
    return try await body()
  }
}
