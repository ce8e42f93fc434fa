package import Caching
import NIOCore
import RedisClient

extension RedisCacheStore: FenceStorePort {
  /// The namespace of the generations, which no pattern reaches.
  static let fenceNamespace = "generation"

  package func limited(to limit: Duration) -> (any FenceStorePort)? {
    var store = self
    store.patience = limit
    return store
  }

  package func read(_ keys: [CacheKey], _ tags: [CacheTag]) async throws(CacheStoreError) -> FencedReading {
    guard !keys.isEmpty || !tags.isEmpty else { return FencedReading(values: [], generations: []) }
    let command = limited(reading(keys, tags))
    let (reply, server) = try await translating { () async throws(RedisClientError) in
      try await client.sendIdentified(command)
    }
    guard let reading = reading(keys.count, tags.count, in: reply, of: server) else { throw .timedOut }
    return reading
  }

  /// The command that reads keys and tags.
  private func reading(_ keys: [CacheKey], _ tags: [CacheTag]) -> RedisCommand {
    var words: [RedisCommand.Argument] = ["MGET"]
    words.reserveCapacity(1 + keys.count + tags.count)
    for key in keys { words.append(.string(stored(key))) }
    for tag in tags { words.append(.string(stored(tag))) }
    // Not `.reads`: a replica must not answer, since it does not know the newest generations.
    return RedisCommand(words: words, keys: .init(first: 1, count: words.count - 1), effect: .idempotent)
  }

  /// What its reply says; nil when it is no such reply.
  private func reading(
    _ keys: Int, _ tags: Int, in reply: RESPValue, of server: RedisServerIdentity
  ) -> FencedReading? {
    guard let found = reply.array, found.count == keys + tags else { return nil }
    let epoch = epochs.epoch(of: server)
    return FencedReading(
      values: found[..<keys].map(\.bytes),
      generations: found[keys...].map { value in
        guard let epoch, let record = value.bytes.flatMap(FenceRecord.init), record.isOf(epoch) else { return nil }
        return record.generation
      })
  }

  package func repeatedRead(_ key: CacheKey, _ tags: [CacheTag]) -> RepeatedRead? {
    let command = RepeatedCommand(reading([key], tags), key: stored(key))
    return RepeatedRead { [self] limit, receive in
      client.send(command, within: limit) { result in
        switch result {
        case .success((let reply, let server)):
          receive(reading(1, tags.count, in: reply, of: server).map { .success($0) } ?? .failure(.unavailable))
        case .failure(let error):
          // Nothing is lost with a reply to a read: it may be asked for again at once.
          receive(.failure(error.code == .timedOut ? .timedOut : .unavailable))
        }
      }
    }
  }

  package func mint(_ tags: [CacheTag], position: UInt64?) async throws(CacheStoreError) -> [Generation] {
    try await make(FenceScripts.mint, tags, [.string(position.map(FenceRecord.text) ?? FenceRecord.unknown)])
  }

  package func doubt(_ tags: [CacheTag], by change: UInt64, lease: Duration) async throws(CacheStoreError) {
    guard !tags.isEmpty else { return }
    let arguments: [RedisCommand.Argument] = [.string(FenceRecord.text(change)), .integer(lease.lifeInMilliseconds)]
    _ = try await run(FenceScripts.doubt, tags.map(stored), arguments + nonces(tags.count), effect: .idempotent)
  }

  package func bump(
    _ tags: [CacheTag], by change: UInt64, position: UInt64?
  ) async throws(CacheStoreError) -> [Generation] {
    let position = position.map(FenceRecord.text) ?? FenceRecord.unknown
    return try await make(FenceScripts.bump, tags, [.string(FenceRecord.text(change)), .string(position)])
  }

  package func withdraw(_ tags: [CacheTag], by change: UInt64) async throws(CacheStoreError) {
    guard !tags.isEmpty else { return }
    _ = try await run(
      FenceScripts.withdraw, tags.map(stored), [.string(FenceRecord.text(change))], effect: .idempotent)
  }

  package func store(_ value: StoredValue, under guards: [FenceGuard]) async throws(CacheStoreError) -> Bool {
    let life = value.timeToLive.map { "\($0.lifeInMilliseconds)" } ?? ""
    let reply = try await run(
      FenceScripts.store, [stored(value.key)] + guards.map { stored($0.tag) },
      [.bytes(value.bytes), .string(life)] + guards.map { .string(FenceRecord.text($0.nonce)) }, effect: .once)
    return reply.integer == 1
  }

  /// Runs a script that makes generations. When its reply was lost it runs once more, with other nonces: with the same
  /// ones it could bring back a generation that a change has ended meanwhile.
  private func make(
    _ script: RedisScript, _ tags: [CacheTag], _ arguments: [RedisCommand.Argument]
  ) async throws(CacheStoreError) -> [Generation] {
    guard !tags.isEmpty else { return [] }
    let names = tags.map(stored)
    let (reply, server): (RESPValue, RedisServerIdentity)
    do throws(RedisClientError) {
      let end = patience.map { ContinuousClock.now + $0 }
      do throws(RedisClientError) {
        (reply, server) = try await evaluate(script, names, arguments + nonces(tags.count), until: end)
      } catch  where error.isLostReply {
        (reply, server) = try await evaluate(script, names, arguments + nonces(tags.count), until: end)
      }
    } catch {
      throw CacheStoreError(error)
    }
    let records = (reply.array ?? []).compactMap { $0.bytes.flatMap(FenceRecord.init) }
    guard records.count == tags.count else { throw .timedOut }
    if let record = records.first { epochs.note(record.epoch, of: server) }
    return records.map(\.generation)
  }

  /// Runs a script once, and tells which server did.
  private func evaluate(
    _ script: RedisScript, _ names: [String], _ arguments: [RedisCommand.Argument], until end: ContinuousClock.Instant?
  ) async throws(RedisClientError) -> (reply: RESPValue, server: RedisServerIdentity) {
    func command(byDigest: Bool) -> RedisCommand {
      var command = RedisCommand.eval(script, byDigest: byDigest, keys: names, arguments: arguments)
      command.timeout = end.map { max(.zero, $0 - .now) }
      return command
    }
    do throws(RedisClientError) {
      return try await client.sendIdentified(command(byDigest: true))
    } catch  where error.code == .server(prefix: "NOSCRIPT") {
      return try await client.sendIdentified(command(byDigest: false))
    }
  }

  private func run(
    _ script: RedisScript, _ names: [String], _ arguments: [RedisCommand.Argument], effect: RedisCommand.Effect
  ) async throws(CacheStoreError) -> RESPValue {
    try await translating { () async throws(RedisClientError) in
      try await client.eval(script, keys: names, arguments: arguments, effect: effect, timeout: patience)
    }
  }

  private func nonces(_ count: Int) -> [RedisCommand.Argument] {
    (0..<count).map { _ in .string(FenceRecord.text(makeNonce())) }
  }

  private func stored(_ tag: CacheTag) -> String {
    tagNames.name(of: tag) { stored(tag.key(Self.fenceNamespace)) }
  }
}
