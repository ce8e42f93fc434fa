import Logging
import Synchronization
@testable import PostgresClient
import TestServers
import Testing

@Suite("Listening", .timeLimit(.minutes(3)))
struct PostgresListenerTests {
  @Test("Notifications come in order; a lost connection is told, made again and told again")
  func reconnecting() async throws {
    let server = try PostgresServer()
    let loop = try PostgresEventLoop(logger: .quiet)
    let listener = PostgresListener(
      url: try PostgresURL(server.url).with("application_name", "listener"), channels: ["plain", #"od"d"#], loop: loop)
    var events = listener.events.makeAsyncIterator()
    #expect(await events.next() == .listening)
    try server.psql(#"NOTIFY plain, 'one'; NOTIFY "od""d", 'two'"#)
    #expect(await events.next() == .notification(channel: "plain", payload: "one"))
    #expect(await events.next() == .notification(channel: #"od"d"#, payload: "two"))
    try server.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'listener'")
    #expect(await events.next() == .lost)
    #expect(await events.next() == .listening)
    try server.psql("NOTIFY plain, 'three'")
    #expect(await events.next() == .notification(channel: "plain", payload: "three"))
    listener.shutDown()
    #expect(await events.next() == nil)
  }

  @Test("When another server becomes primary the listener goes there, and says that it may have missed something")
  func following() async throws {
    let servers = [try PostgresServer(), try PostgresServer()]
    let urls = try servers.map { try PostgresURL($0.url) }
    let primary = Mutex(0)
    var settings = PostgresListener.Settings()
    settings.probeInterval = .milliseconds(100)
    let listener = PostgresListener(
      server: { urls[primary.withLock { $0 }] }, channels: ["word"], settings: settings,
      loop: try PostgresEventLoop(logger: .quiet))
    var events = listener.events.makeAsyncIterator()
    #expect(await events.next() == .listening)
    primary.withLock { $0 = 1 }
    #expect(await events.next() == .lost)
    #expect(await events.next() == .listening)
    try servers[1].psql("NOTIFY word, 'here'")
    #expect(await events.next() == .notification(channel: "word", payload: "here"))
  }

  @Test("A reader that is too slow is told that it missed something")
  func overflow() {
    var machine = ListenerMachine(settings: .init(), now: .now)
    machine.delivered(false)
    let outcome1 = machine.events(for: .lost)
    #expect(outcome1 == [.listening, .lost])
    machine.delivered(true)
    let outcome2 = machine.events(for: .lost)
    #expect(outcome2 == [.lost])
  }

  @Test("A server that gives no sign of life is left")
  func silence() {
    let start = Instant(nanoseconds: 0)
    var machine = ListenerMachine(settings: .init(), now: start)
    let outcome3 = machine.tick(now: start)
    #expect(outcome3 == [.connect])
    let outcome4 = machine.connected(now: start)
    #expect(outcome4 == [.listen])
    let outcome5 = machine.answered(isSuccess: true, now: start)
    #expect(outcome5 == [.tell(.listening)])
    let outcome6 = machine.tick(now: start + .seconds(9))
    #expect(outcome6 == [])
    let outcome7 = machine.tick(now: start + .seconds(10))
    #expect(outcome7 == [.probe])
    let outcome8 = machine.tick(now: start + .seconds(14))
    #expect(outcome8 == [])
    let outcome9 = machine.tick(now: start + .seconds(15))
    #expect(outcome9 == [.close])
    let outcome10 = machine.lost(random: 0, now: start + .seconds(15))
    #expect(outcome10 == [.tell(.lost)])
    let outcome11 = machine.tick(now: start + .seconds(15))
    #expect(outcome11 == [])
    let outcome12 = machine.tick(now: start + .seconds(16))
    #expect(outcome12 == [.connect])
  }
}
