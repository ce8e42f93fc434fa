import Bootstrap
import Foundation
import Logging

/// The settings of commands that end by themselves.
enum CommandSettings {
  /// Does what works on the database, with the settings of the real preset and a log on standard error.
  /// - Parameter waits: whether a database that is about to start is waited for.
  static func onDatabase<Result>(
    waits: Bool = true, _ body: (Settings, Logger) async throws -> Result
  ) async throws -> Result {
    let settings = try await Settings(
      environment: ProcessInfo.processInfo.environment,
      isTerminal: isatty(FileHandle.standardError.fileDescriptor) == 1, for: .database)
    LogOutput.bootstrap(settings)
    let logger = Logger(label: "tenantry")
    if waits { try await CommandFailure.awaitingDatabase(settings, logger) }
    return try await CommandFailure.mending(settings) { try await body(settings, logger) }
  }

  /// The settings of commands that need no server.
  static func alone() async throws -> Settings {
    try await Settings(environment: ProcessInfo.processInfo.environment, isTerminal: false, for: .nothing)
  }
}
