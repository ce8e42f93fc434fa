import NIOCore
import Testing

@testable import RedisClient

@Suite("Slots")
struct SlotMapTests {
  private let origin = RedisEndpoint(host: "10.0.0.9", port: 7000)

  private func server(_ host: String?, _ port: Int) -> RESPValue {
    .array([host.map { .bulkString(ByteBuffer(string: $0)) } ?? .null, .integer(port)])
  }

  @Test(
    "A key's slot is that of the specification, by its hash tag if it has one",
    arguments: [
      ("123456789", 0x31C3), ("foo", 12182), ("bar", 5061), ("{user1000}.following", 3443), ("user1000", 3443),
      ("foo{}{bar}", 8363), ("foo{{bar}}zap", 4015), ("foo{bar}{zap}", 5061), ("", 0),
    ])
  func keys(_ key: String, _ slot: Int) {
    #expect(HashSlot.of(.string(key)) == slot)
    #expect(HashSlot.of(.bytes(ByteBuffer(string: key))) == slot)
  }

  @Test("CLUSTER SLOTS is read; a host left out is the one that answered")
  func reading() throws {
    let reply = RESPValue.array([
      .array([.integer(0), .integer(99), server("a", 1), server("b", 2)]),
      .array([.integer(100), .integer(16_383), server(nil, 3)]),
    ])
    let map = try #require(SlotMap(reply, from: origin))
    #expect(map.isComplete)
    #expect(map.shard(of: 99)?.replicas == [RedisEndpoint(host: "b", port: 2)])
    #expect(map.shard(of: 100)?.master == RedisEndpoint(host: "10.0.0.9", port: 3))
    var moved = map
    moved.move(7, to: RedisEndpoint(host: "c", port: 4))
    #expect(moved.shard(of: 7)?.master.port == 4 && moved.shard(of: 8)?.master.port == 1)
  }

  @Test(
    "What is no slot map is refused",
    arguments: [
      RESPValue.null, .array([.integer(1)]), .array([.array([.integer(0), .integer(16_384), .null])]),
      .array([.array([.integer(5), .integer(4), .array([.null, .integer(1)])])]),
    ])
  func refusing(_ reply: RESPValue) {
    #expect(SlotMap(reply, from: origin) == nil)
  }

  @Test("Redirections are read, with IPv6 and with the host left out")
  func redirections() {
    func read(_ text: String) -> Redirection? { Redirection(RedisServerError(text), from: origin) }
    #expect(read("MOVED 3999 127.0.0.1:6381") == .moved(slot: 3999, to: RedisEndpoint(host: "127.0.0.1", port: 6381)))
    #expect(read("ASK 3999 ::1:6381") == .ask(to: RedisEndpoint(host: "::1", port: 6381)))
    #expect(read("MOVED 1 :6381") == .moved(slot: 1, to: RedisEndpoint(host: "10.0.0.9", port: 6381)))
    #expect(read("TRYAGAIN Multiple keys") == .tryAgain)
    #expect(read("CLUSTERDOWN The cluster is down") == .down)
    #expect(read("MOVED") == nil && read("MOVED x y") == nil && read("ERR no") == nil)
  }

  @Test("A command over keys of several slots is split, and its replies put together in the order of the keys")
  func splitting() throws {
    let command = RedisCommand.mget(["foo", "bar", "{foo}2", "{bar}2"])
    let split = try #require(CommandSplit(command))
    #expect(split.commands.map { $0.keyArguments } == [["foo", "{foo}2"], ["bar", "{bar}2"]])
    let gathered = split.gather([.array([.integer(0), .integer(2)]), .array([.integer(1), .integer(3)])])
    #expect(gathered == .array([.integer(0), .integer(1), .integer(2), .integer(3)]))
    #expect(CommandSplit(.mget(["{a}1", "{a}2"])) == nil)
    let sets = try #require(CommandSplit(.mset([("foo", ByteBuffer(string: "1")), ("bar", ByteBuffer(string: "2"))])))
    #expect(
      sets.commands.map(\.arguments) == [
        ["MSET", "foo", .bytes(ByteBuffer(string: "1"))], ["MSET", "bar", .bytes(ByteBuffer(string: "2"))],
      ])
    let deletion = try #require(CommandSplit(.del(["foo", "bar"])))
    #expect(deletion.gather([.integer(1), .integer(1)]) == .integer(2))
    #expect(deletion.gather([.integer(1), .error(RedisServerError("ERR"))]) == .error(RedisServerError("ERR")))
  }
}
