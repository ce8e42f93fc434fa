import Foundation
import TestServers
import Testing

/// The built program, run as a user would.
private struct Program {
  let process = Process()
  let output = Pipe()
  let errors = Pipe()

  init(_ arguments: [String], _ environment: [String: String] = [:]) throws {
    let program: URL = try #require(BuiltProgram.find("tenantry"))
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = BuiltProgram.root
    process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = errors
    try process.run()
  }

  func end() -> (code: Int32, errors: String) {
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}

@Suite("tenantry serve", .serialized)
struct ServeProcessTests {
  @Test("It says when it is ready, drains on SIGTERM and exits 0")
  func lifecycle() throws {
    let program = try Program(["serve", "--port", "0"])
    var welcome = ""
    while !welcome.contains("openapi.json") {
      let part = program.output.fileHandleForReading.availableData
      guard !part.isEmpty else { break }
      welcome += String(decoding: part, as: UTF8.self)
    }
    #expect(welcome.contains("Tenantry is ready on http://127.0.0.1:"))
    #expect(welcome.components(separatedBy: "curl ").count == 4)
    program.process.terminate()
    let end = program.end()
    #expect(end.code == 0, "\(end.errors)")
  }

  @Test(
    "What cannot be understood exits 64 with one line that names it",
    arguments: [
      (["serve", "--port", "eighty"], [:], "PORT"), (["serve"], ["CACHE_TTL": "soon"], "CACHE_TTL"),
      (["serve", "--preset", "real"], [:], "DATABASE_URL"), (["migrate", "up"], [:], "DATABASE_URL"),
      (["serve", "--preset", "real"], ["DATABASE_URL": "postgres://db", "REDIS_URL": "http://x"], "REDIS_URL"),
      (["serve"], ["JWT_SECRET": "thirty-one-bytes-are-too-few-12"], "JWT_SECRET"),
      (["token", "issue", "--role", "viewer"], [:], "JWT_SECRET"),
      (["token", "issue", "--role", "boss"], ["JWT_SECRET": String(repeating: "s", count: 32)], "--role"),
      (
        ["token", "issue", "--role", "viewer", "--expires", "soon"],
        ["JWT_SECRET": String(repeating: "s", count: 32)], "--expires"
      ),
      (["warm"], ["DATABASE_URL": "postgres://db"], "REDIS_URL"),
      (["serve", "--color"], [:], "`tenantry serve --help`"),
      (["seed", "--demo", "--dir", "x"], [:], "See `tenantry seed --help`"),
      (["import"], [:], "see `tenantry import --help`"), (["fly"], [:], "see `tenantry --help`"),
      ([], [:], "serve, migrate"), (["migrate"], [:], "up, down, status, verify; see `tenantry migrate --help`"),
      (["tenant"], [:], "rotate-key"), (["token"], [:], "issue"),
      (["tenant", "list"], ["ADAPTERS_PRESET": "mock"], "this command works on PostgreSQL"),
      (["health"], ["ADAPTERS_PRESET": "banana", "DATABASE_URL": "postgres://db"], "banana"),
      (["serve", "--host", "not..a..host"], [:], "HOST got"),
      (["serve", "--port", "0", "--host", "192.0.2.1"], ["LOG_LEVEL": "critical"], "HOST got"),
    ])
  func usage(_ arguments: [String], _ environment: [String: String], _ name: String) throws {
    let end = try Program(arguments, environment).end()
    #expect(end.code == 64)
    #expect(end.errors.contains(name), "\(end.errors)")
    #expect(end.errors.split(separator: "\n").count == 1, "\(end.errors)")
  }

  @Test("A token of the command line opens operators' routes of a server with the same secret, and its role counts")
  func token() async throws {
    let secret = ["JWT_SECRET": "a secret of thirty-two bytes, or more"]
    let issue = try Program(["token", "issue", "--role", "viewer", "--expires", "5m", "--json"], secret)
    let issued = issue.output.fileHandleForReading.readDataToEndOfFile()
    #expect(issue.end().code == 0)
    let fields = try JSONDecoder().decode([String: String].self, from: issued)
    #expect(fields["role"] == "viewer" && fields["expiresAt"]?.hasSuffix("Z") == true)
    let server = try Program(["serve", "--port", "0"], secret)
    let line = String(decoding: server.output.fileHandleForReading.availableData, as: UTF8.self)
    let port = try #require(line.firstMatch(of: /127\.0\.0\.1:(\d+)/)?.1)
    func status(_ method: String, _ path: String) throws -> String {
      let curl = Process()
      let output = Pipe()
      curl.executableURL = URL(filePath: "/usr/bin/curl")
      curl.arguments = [
        "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", method, "-d", #"{"tenant":"willow"}"#,
        "-H", "Authorization: Bearer \(fields["token"] ?? "")", "http://127.0.0.1:\(port)\(path)",
      ]
      curl.standardOutput = output
      try curl.run()
      return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    #expect(try status("GET", "/api/v1/cache/stats") == "200")
    #expect(try status("POST", "/api/v1/cache/invalidate") == "403")
    server.process.terminate()
    #expect(server.end().code == 0)
  }

  @Test("A key that is not the certificate's exits 64 with a line that names it")
  func otherKey() async throws {
    let (own, other) = (try await TestCertificates.make(), try await TestCertificates.make())
    let files = ["TLS_CERT_FILE": own.certificate, "TLS_KEY_FILE": other.key]
    let end = try withExtendedLifetime((own, other)) { try Program(["serve", "--port", "0"], files).end() }
    #expect(end.code == 64 && end.errors.hasPrefix("tenantry: TLS_KEY_FILE got"), "\(end.errors)")
  }

  @Test("With the real preset it tells of no demo tenants that may not be there")
  func withoutDemo() throws {
    let settings = ["DATABASE_URL": "postgres://127.0.0.1:1/none", "DATABASE_MAX_RETRIES": "0"]
    let program = try Program(["serve", "--preset", "real", "--port", "0", "--no-warm"], settings)
    var welcome = ""
    while !welcome.contains("openapi.json") {
      let part = program.output.fileHandleForReading.availableData
      guard !part.isEmpty else { break }
      welcome += String(decoding: part, as: UTF8.self)
    }
    #expect(welcome.contains("tenantry tenant create") && !welcome.contains("curl "), "\(welcome)")
    program.process.terminate()
    _ = program.end()
  }

  @Test("A port that is taken exits 1 with one line")
  func portTaken() throws {
    let first = try Program(["serve", "--port", "0"])
    let line = String(decoding: first.output.fileHandleForReading.availableData, as: UTF8.self)
    let port = try #require(line.firstMatch(of: /127\.0\.0\.1:(\d+)/)?.1)
    let end = try Program(["serve", "--port", String(port)], ["LOG_LEVEL": "critical"]).end()
    #expect(end.code == 1)
    #expect(end.errors.split(separator: "\n").count == 1 && end.errors.hasPrefix("tenantry: "), "\(end.errors)")
    #expect(end.errors.contains("127.0.0.1:\(port) is in use") && end.errors.contains("--port"), "\(end.errors)")
    first.process.terminate()
    #expect(first.end().code == 0)
  }
}
