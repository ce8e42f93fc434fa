import Testing

@testable import Bootstrap

@Suite("Welcome")
struct WelcomeTests {
  @Test("An IPv6 address stands in brackets")
  func brackets() async throws {
    let server = try await Settings(environment: ["HOST": "::1"], isTerminal: false).server
    #expect(Welcome.text(server, port: 8080, seeds: []).contains("http://[::1]:8080/openapi.json"))
  }
}
