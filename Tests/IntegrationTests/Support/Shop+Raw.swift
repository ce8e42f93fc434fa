import TestServers
import Testing

extension Shop {
  /// Sends bytes on a connection of their own and returns what comes back until it closes or `end` has come.
  func raw(_ bytes: String, until end: String? = nil) async throws -> String {
    try await RawHTTP.exchange(bytes, port: try #require(port), until: end)
  }
}
