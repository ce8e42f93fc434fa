import Testing

@testable import PostgresClient

@Suite("Prepared statements of a connection")
struct StatementCacheTests {
  private func step(_ sql: String, _ parameters: [PostgresValue] = [], isPrepared: Bool = true) throws -> Step {
    try Step(PostgresQuery(PostgresStatement(sql, isPrepared: isPrepared), parameters))
  }

  @Test("A statement is prepared once, executed by name after, and without a name until it is known to be prepared")
  func life() throws {
    var cache = StatementCache(capacity: 2)
    let one = try step("SELECT $1", [1])
    let first = cache.plan(one)
    let second = cache.plan(one)
    cache.prepared("SELECT $1", "s1")
    let third = cache.plan(one)
    #expect([first, second, third] == [.prepare("s1"), .unnamed, .execute("s1")])
  }

  @Test("Other types are another statement; NULL fits all")
  func types() throws {
    var cache = StatementCache(capacity: 8)
    let plans = [
      cache.plan(try step("SELECT $1", [1])), cache.plan(try step("SELECT $1", ["text"])),
    ]
    cache.prepared("SELECT $1", "s1")
    let null = cache.plan(try step("SELECT $1", [nil]))
    #expect(plans == [.prepare("s1"), .prepare("s2")])
    #expect(null == .execute("s1"))
  }

  @Test("The one used longest ago makes room, and is deallocated")
  func eviction() throws {
    var cache = StatementCache(capacity: 2)
    for sql in ["a", "b"] {
      if case .prepare(let name) = cache.plan(try step(sql)) { cache.prepared(PostgresStatement(sql), name) }
    }
    _ = cache.plan(try step("a"))
    let third = cache.plan(try step("c"))
    let garbage = cache.takeGarbage()
    #expect(third == .prepare("s3"))
    #expect(garbage == ["s2"])
    #expect(cache.count == 2)
  }

  @Test("What was not prepared after all is prepared under a new name the next time")
  func failure() throws {
    var cache = StatementCache(capacity: 2)
    _ = cache.plan(try step("a"))
    cache.forgetUnready("a", "s1")
    let again = cache.plan(try step("a"))
    #expect(again == .prepare("s2"))
    #expect(cache.takeGarbage().isEmpty)
  }

  @Test("Nothing is prepared for texts made on the fly, nor behind a pooler")
  func unprepared() throws {
    var cache = StatementCache(capacity: 2)
    var none = StatementCache(capacity: 0)
    let plans = [cache.plan(try step("a", isPrepared: false)), none.plan(try step("a"))]
    #expect(plans == [.unnamed, .unnamed])
  }
}
