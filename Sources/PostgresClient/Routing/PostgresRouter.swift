public import Logging
import Synchronization

/// A primary and its replicas, in one region or several: writes go to the primary, reads where they are done best.
///
/// ``run()`` watches the servers. Promotion is the business of others; the router notices it and follows.
public final class PostgresRouter: PostgresDatabase {
  let settings: PostgresRouterSettings
  let servers: [RoutedServer]
  let machine: Mutex<RouterMachine>
  let rounds = ProbeRounds()
  let logger: Logger

  public init(
    servers: [PostgresServerAddress], settings: PostgresRouterSettings = .init(), loop: PostgresEventLoop,
    log: PostgresQueryLog? = nil, logger: Logger
  ) {
    self.settings = settings
    self.servers = servers.map { RoutedServer(address: $0, settings: settings, loop: loop, log: log) }
    self.logger = logger
    machine = Mutex(RouterMachine(addresses: servers, settings: settings))
  }

  /// What is known of the servers, in the order in which they were given.
  public var status: [PostgresServerStatus] {
    let now = Instant.now
    return machine.withLock { machine in
      zip(machine.servers, machine.breakers).map { server, breakers in
        var server = server
        server.sinceCheck = machine.lastRound.map { now - $0 }
        server.isBreakerOpen = breakers.isAnyOpen(now: now)
        return server
      }
    }
  }

  /// The timeline that the primary writes. It grows with each promotion; nil as long as no primary was seen.
  public var timeline: UInt32? {
    machine.withLock { $0.timeline == 0 ? nil : $0.timeline }
  }

  /// The server that writes go to; the first as long as none is known.
  public var primary: PostgresURL {
    servers[machine.withLock { $0.writer } ?? 0].address.url
  }

  /// Statistics of the pools for reads and for writes, and of the shared connections, by server.
  public var statistics:
    [(reads: PostgresPoolStatistics?, writes: PostgresPoolStatistics?, lane: PostgresLaneStatistics?)]
  { servers.map(\.statistics) }

  /// Closes the connections when their work is done.
  public func shutDown() {
    for server in servers { server.shutDown() }
  }

  public func read(_ query: PostgresQuery, setup: [PostgresQuery], options: PostgresReadOptions) async throws
    -> PostgresRows
  {
    let first = try await reader(options.source, except: [])
    if case .replayed = options.source, machine.withLock({ $0.servers[first].role != .replica }) {
      // No replica is known to be that far; by the next read one may be.
      startRound()
    }
    do {
      return try await call(first, .reads) { try await $0.reads.read(query, setup: setup, options: options) }
    } catch let error as PostgresError where error.speaksAgainstServer {
      guard let second = machine.withLock({ pick(options.source, except: [first], &$0) }) else { throw error }
      return try await call(second, .reads) { try await $0.reads.read(query, setup: setup, options: options) }
    }
  }

  public func oneRoundTrip(
    _ statements: [PostgresQuery], setup: [PostgresQuery], options: PostgresTransactionOptions
  ) async throws -> [PostgresRows] {
    try await call(try await server(for: options), options.isReadOnly ? .reads : .writes) {
      try await self.pool($0, for: options).oneRoundTrip(statements, setup: setup, options: options)
    }
  }

  public func transaction<Value: Sendable>(
    setup: [PostgresQuery], options: PostgresTransactionOptions, _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    try await call(try await server(for: options), options.isReadOnly ? .reads : .writes) {
      try await self.pool($0, for: options).transaction(setup: setup, options: options, body)
    }
  }

  public func writePosition() async throws -> PostgresWALPosition {
    try await call(try await writer(), .writes) { server in
      guard let row = try await server.writes.query("SELECT pg_current_wal_insert_lsn()").first else {
        throw PostgresError(.protocolViolation, "no row from pg_current_wal_insert_lsn()")
      }
      return try row.decode(0)
    }
  }

  private func server(for options: PostgresTransactionOptions) async throws -> Int {
    options.isReadOnly ? try await reader(options.source, except: []) : try await writer()
  }

  private func pool(_ server: RoutedServer, for options: PostgresTransactionOptions) -> PostgresPool {
    options.isReadOnly ? server.reads.pool : server.writes
  }

  /// Does a call and tells the breaker of its pool how it went.
  private func call<Value>(
    _ index: Int, _ pool: ServerBreakers.Pool, _ body: (RoutedServer) async throws -> Value
  ) async throws -> Value {
    let server = servers[index]
    server.inFlight.add(1, ordering: .relaxed)
    defer { server.inFlight.subtract(1, ordering: .relaxed) }
    do {
      let value = try await body(server)
      machine.withLock { $0.record(index, pool, isSuccess: true, now: .now) }
      return value
    } catch {
      let cause = (error as? PostgresTransactionError)?.cause ?? error
      let outcome = CircuitBreaker.outcome(of: cause)
      machine.withLock { $0.record(index, pool, isSuccess: outcome, now: .now) }
      // Perhaps another server is primary by now.
      if outcome == false || (cause as? PostgresError)?.sqlState == .readOnlyTransaction { startRound() }
      throw error
    }
  }

  private func reader(_ source: PostgresReadOptions.Source, except failed: Set<Int>) async throws -> Int {
    try await choose { pick(source, except: failed, &$0) }
  }

  private func pick(_ source: PostgresReadOptions.Source, except failed: Set<Int>, _ machine: inout RouterMachine)
    -> Int?
  {
    machine.chooseReader(
      source, loads: servers.map { $0.inFlight.load(ordering: .relaxed) }, random: .random(in: 0..<1), except: failed,
      now: .now)
  }

  private func writer() async throws -> Int {
    let index = try await choose { $0.chooseWriter(now: .now) }
    guard machine.withLock({ $0.servers[index].isWritable }) else {
      startRound()
      throw PostgresError(.unavailable, "the primary takes no writes (default_transaction_read_only)")
    }
    return index
  }

  /// A server; looks at all of them first when none is known.
  private func choose(_ pick: (inout RouterMachine) -> Int?) async throws -> Int {
    if let index = machine.withLock({ pick(&$0) }) { return index }
    if machine.withLock({ $0.timeline == 0 }) {
      await checkHealth()
      try Task.checkCancellation()
      if let index = machine.withLock({ pick(&$0) }) { return index }
    }
    throw PostgresError(.unavailable, "no PostgreSQL server is fit for the call")
  }
}

extension PostgresTransactionError {
  /// The error of the step that failed first.
  public var cause: (any Error)? { begin ?? body ?? commit ?? rollback }
}

extension PostgresError {
  /// Whether the server or the way to it is at fault, rather than the statement.
  var speaksAgainstServer: Bool {
    switch code {
    case .timedOut, .notSent, .maybeExecuted, .commitUnknown, .connectFailed, .protocolViolation: true
    case .server: ["53", "57", "58", "XX"].contains(sqlState?.errorClass) && sqlState != .queryCancelled
    case .poolExhausted, .unavailable, .decoding, .invalidParameter, .invalidURL, .shutDown: false
    }
  }

  /// Whether the server was not asked, so that it shows neither well nor ill.
  var isSilentOnServer: Bool {
    switch code {
    case .poolExhausted, .unavailable, .invalidParameter, .invalidURL, .shutDown: true
    case .server, .timedOut, .notSent, .maybeExecuted, .commitUnknown, .connectFailed, .decoding, .protocolViolation:
      false
    }
  }
}
