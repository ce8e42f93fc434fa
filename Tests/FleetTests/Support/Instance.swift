import Foundation
import HTTPTypes
import Synchronization
import TestServers
import Testing

/// One process that serves.
final class Instance: Sendable {
  let number: Int
  /// Between it and Redis.
  let proxy: FaultProxy
  let port: Int
  private let environment: [String: String]
  private let folder: TemporaryFolder
  private let state: Mutex<State>

  private struct State {
    var process: LocalProcess
    /// How often it was started: nothing is promised from one life to the next.
    var life = 0
  }

  init(number: Int, proxy: FaultProxy, environment: [String: String]) async throws {
    (self.number, self.proxy) = (number, proxy)
    let port = try FreePort.find()
    var environment = environment
    environment["PORT"] = "\(port)"
    if environment["REDIS_URL"] == nil { environment["REDIS_URL"] = "redis://127.0.0.1:\(proxy.port)" }
    if environment["REDIS_URL"] == "" { environment["REDIS_URL"] = nil }
    (self.port, self.environment) = (port, environment)
    folder = try TemporaryFolder("instance")
    state = Mutex(State(process: try Self.launch(in: folder, environment)))
  }

  /// Which life of the process this is.
  var life: Int { state.withLock(\.life) }

  /// What it has logged, a JSON object a line.
  var log: [Substring] { state.withLock(\.process.output).split(separator: "\n") }

  /// Ends it as a crash would.
  func kill() async throws {
    let process = state.withLock(\.process)
    try await offPool { process.kill() }
  }

  /// Ends it in order; returns when it is gone.
  func terminate() async throws {
    let process = state.withLock(\.process)
    try await offPool { process.terminate() }
  }

  func freeze() { state.withLock { $0.process.freeze() } }

  func thaw() { state.withLock { $0.process.thaw() } }

  /// Starts it anew after it was ended.
  func restart() async throws {
    try state.withLock { state in
      state.process = try Self.launch(in: folder, environment)
      state.life += 1
    }
    try await waitUntilReady()
  }

  func waitUntilReady() async throws {
    let caller = Caller(self)
    try await eventually("instance \(number) was not ready: \(log.suffix(5).joined(separator: "\n"))") {
      // Refused until it listens.
      (try? await caller.get("/health/ready", headers: [:]))?.status == 200
    }
    await caller.close()
  }

  private static func launch(in folder: TemporaryFolder, _ environment: [String: String]) throws -> LocalProcess {
    guard let program = BuiltProgram.find("tenantry") else {
      throw BuiltProgram.Failure(description: "tenantry is not built")
    }
    return try LocalProcess([program.path, "serve"], in: folder, environment: environment)
  }
}

/// Waits until a condition holds.
func eventually(
  _ what: @autoclosure () -> String = "the condition did not come to hold", within limit: Duration = .seconds(30),
  sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while !(try await condition()) {
    try #require(ContinuousClock.now < deadline, "\(what())", sourceLocation: sourceLocation)
    try await Task.sleep(for: .milliseconds(10))
  }
}
