import RedisAdapter
import RedisClient
import Testing

@Suite("Redis URLs")
struct RedisURLTests {
  @Test(
    "Host, port, database and TLS are read, with their defaults",
    arguments: [
      ("redis://localhost", "localhost", 6379, 0, false), ("redis://127.0.0.1:6380/3", "127.0.0.1", 6380, 3, false),
      ("rediss://cache.example:6390", "cache.example", 6390, 0, true), ("REDIS://a/", "a", 6379, 0, false),
      ("redis://[::1]:7000/15", "::1", 7000, 15, false), ("redis://[fe80::1]", "fe80::1", 6379, 0, false),
    ])
  func places(_ text: String, host: String, port: Int, database: Int, usesTLS: Bool) throws {
    let url = try RedisURL(text)
    #expect(url.endpoint == RedisEndpoint(host: host, port: port))
    #expect(url.database == database && url.usesTLS == usesTLS && url.credentials == nil)
  }

  @Test(
    "User and password are read and decoded",
    arguments: [
      ("redis://:pass@h", nil, "pass"), ("redis://pass@h", nil, "pass"), ("redis://user:pass@h", "user", "pass"),
      ("redis://user:p%40s%3as%2F%25@h", "user", "p@s:s/%"), ("redis://user:p@ss@h", "user", "p@ss"),
      ("redis://u%C3%A9:%F0%9F%8E%89@h:1/2", "ué", "🎉"),
    ] as [(String, String?, String)])
  func credentials(_ text: String, user: String?, password: String) throws {
    #expect(try RedisURL(text).credentials == RedisCredentials(username: user, password: password))
    #expect(try RedisURL(text).endpoint.host == "h")
  }

  @Test(
    "What is no such URL is refused, and the reason holds nothing of it",
    arguments: [
      ("", .scheme), ("localhost:6379", .scheme), ("http://localhost", .scheme), ("redis:/localhost", .scheme),
      ("redis://", .host), ("redis://:6379", .host), ("redis://:secret@", .host), ("redis://h:", .port),
      ("redis://h:0", .port), ("redis://h:65536", .port), ("redis://h:+80", .port), ("redis://[::1]7000", .port),
      ("redis://h/x", .database), ("redis://h/-1", .database), ("redis://h/1/2", .database),
      ("redis://u:%4@h", .credentials), ("redis://u:%+1@h", .credentials), ("redis://u:%FF@h", .credentials),
    ] as [(String, RedisURL.Flaw)])
  func refusals(_ text: String, flaw: RedisURL.Flaw) {
    #expect(throws: flaw) { try RedisURL(text) }
  }

  @Test("A password is printed nowhere")
  func secrets() throws {
    let url = try RedisURL("redis://user:canary@h")
    let settings = RedisStoreSettings(url)
    for text in ["\(url)", String(reflecting: url), "\(settings)", String(reflecting: settings)] {
      #expect(!text.contains("canary"))
    }
  }
}
