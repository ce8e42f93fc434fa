import NIOCore
import RedisClient
import TestServers
import Testing

@Suite("Authentication and TLS", .timeLimit(.minutes(1)))
struct SecurityTests {
  @Test("An ACL user who may not ask for INFO and ROLE still reads and writes")
  func accessControl() async throws {
    let server = try await RedisServer()
    try await server.cli("ACL", "SETUSER", "shop", "on", ">s3cret", "~*", "+get", "+set", "+ping", "+select")
    var configuration = server.configuration
    configuration.credentials = RedisCredentials(username: "shop", password: "s3cret")
    configuration.database = 3
    configuration.clientName = "tests"
    try await withClient(configuration) { client in
      try await client.set("k", ByteBuffer(string: "v"))
      #expect(try await client.get("k") == ByteBuffer(string: "v"))
      #expect(client.runID(forKey: "k") == nil)
      let error = await #expect(throws: RedisClientError.self) { try await client.incrby("n", 1) }
      #expect(error?.code == .server(prefix: "NOPERM"))
    }
    #expect(try await server.cli("INFO", "keyspace").contains("db3:keys=1"))
  }

  @Test("A wrong password fails commands and is told of without being shown")
  func wrongPassword() async throws {
    var options = RedisServer.Options()
    options.password = "right"
    let server = try await RedisServer(options)
    var configuration = server.configuration
    configuration.credentials = RedisCredentials(password: "canary")
    configuration.commandTimeout = .milliseconds(300)
    #expect(!"\(configuration)".contains("canary"))
    try await withClient(configuration) { client in
      var events = client.events().makeAsyncIterator()
      let error = await #expect(throws: RedisClientError.self) { try await client.ping() }
      #expect(error?.code == .notConnected)
      while let event = await events.next() {
        guard case .error(let error) = event.kind else { continue }
        #expect(error.code == .authentication)
        #expect(!"\(error)".contains("canary"))
        break
      }
    }
  }

  @Test("TLS works with the authority's certificate, and not without unless verification is off")
  func encrypted() async throws {
    var options = RedisServer.Options()
    options.password = "p"
    options.certificates = try await TestCertificates.make()
    let server = try await RedisServer(options)
    for host in ["127.0.0.1", "localhost"] {
      var configuration = RedisConfiguration(host: host, port: server.tlsPort)
      configuration.credentials = RedisCredentials(password: "p")
      configuration.commandTimeout = .seconds(2)
      for tls in [
        RedisTLS(certificateAuthorityFile: options.certificates?.authority), RedisTLS(verifiesCertificate: false),
      ] {
        configuration.tls = tls
        try await withClient(configuration) { client in
          let value = ByteBuffer(repeating: 7, count: 200_000)
          try await client.set("k", value)
          #expect(try await client.get("k") == value)
        }
      }
      configuration.tls = RedisTLS()
      configuration.connectsLazily = true
      try await withClient(configuration) { client in
        var events = client.events().makeAsyncIterator()
        await #expect(throws: RedisClientError.self) { try await client.ping() }
        while let event = await events.next() {
          guard case .error(let error) = event.kind else { continue }
          #expect(error.code == .tls)
          break
        }
      }
    }
  }
}
