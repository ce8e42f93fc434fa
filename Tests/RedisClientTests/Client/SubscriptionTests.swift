import NIOCore
import RedisClient
import TestServers
import Testing

@Suite("Subscriptions", .timeLimit(.minutes(1)))
struct SubscriptionTests {
  @Test("A subscriber gets what is published from when it was confirmed, in order")
  func messages() async throws {
    let server = try await RedisServer()
    try await withClient(server.configuration) { client in
      var streams = [try await client.subscribe("c"), try await client.subscribe("c")]
      for number in 0..<100 { #expect(try await client.publish(ByteBuffer(integer: number), on: "c") == 1) }
      while let stream = streams.popLast() {
        var expected = 0
        for await event in stream {
          #expect(event == .message(ByteBuffer(integer: expected)))
          expected += 1
          if expected == 100 { break }
        }
      }
      try await eventually("the last reader unsubscribes") {
        try await server.cli("PUBSUB", "NUMSUB", "c") == "c\n0"
      }
    }
  }

  @Test("After a lost connection the subscription stands again, and its reader is told of the gap")
  func gap() async throws {
    let server = try await RedisServer()
    try await withClient(server.configuration) { client in
      var events = try await client.subscribe("c").makeAsyncIterator()
      try await server.cli("CLIENT", "KILL", "TYPE", "pubsub")
      #expect(await events.next() == .interrupted)
      #expect(await events.next() == .resumed)
      try await client.publish(ByteBuffer(string: "again"), on: "c")
      #expect(await events.next() == .message(ByteBuffer(string: "again")))
    }
  }

  @Test(
    "A connection on which a subscription is not confirmed in time is given up, and the others' stand again on another")
  func unconfirmed() async throws {
    let server = try await RedisServer()
    var configuration = server.configuration
    // Nothing else is to notice that the server does not answer.
    configuration.commandTimeout = .seconds(600)
    try await withClient(configuration) { client in
      var events = try await client.subscribe("c").makeAsyncIterator()
      server.freeze()
      let another = Task { try await client.subscribe("d") }
      try await Task.sleep(for: .milliseconds(700))
      another.cancel()
      #expect(await events.next() == .interrupted)
      server.thaw()
      #expect(await events.next() == .resumed)
      await #expect(throws: RedisClientError.self) { try await another.value }
    }
  }

  @Test("Changes by others to keys with a prefix are reported, a flush as everything")
  func invalidations() async throws {
    let server = try await RedisServer()
    try await withClient(server.configuration) { client in
      var events = try await client.invalidations(ofKeysWith: ["catalog:"]).makeAsyncIterator()
      try await server.cli("SET", "other:1", "x")
      try await server.cli("SET", "catalog:1", "x")
      #expect(await events.next() == .keys([ByteBuffer(string: "catalog:1")]))
      try await server.cli("DEL", "catalog:1")
      #expect(await events.next() == .keys([ByteBuffer(string: "catalog:1")]))
      try await server.cli("CLIENT", "KILL", "TYPE", "pubsub")
      #expect(await events.next() == .interrupted)
      #expect(await events.next() == .resumed)
      try await server.cli("FLUSHALL")
      #expect(await events.next() == .everything)
    }
  }

  @Test("The streams end with the client")
  func end() async throws {
    let server = try await RedisServer()
    try await withClient(server.configuration) { client in
      var messages = try await client.subscribe("c").makeAsyncIterator()
      var changes = try await client.invalidations(ofKeysWith: []).makeAsyncIterator()
      client.shutdown()
      #expect(await messages.next() == nil)
      #expect(await changes.next() == nil)
      let error = await #expect(throws: RedisClientError.self) { try await client.ping() }
      #expect(error?.code == .shutDown)
    }
  }
}
