import Bootstrap
import Foundation
import Logging

/// The settings of commands that work on the database: those of the real preset, whatever `ADAPTERS_PRESET` says.
enum CommandSettings {
  /// Reads the settings and sends the log to standard error.
  static func real() async throws -> Settings {
    let settings = try await Settings(
      environment: ProcessInfo.processInfo.environment, overrides: ["ADAPTERS_PRESET": "real"],
      isTerminal: isatty(FileHandle.standardError.fileDescriptor) == 1)
    LogOutput.bootstrap(settings)
    return settings
  }

  /// The settings of commands that need no server.
  static func any() async throws -> Settings {
    try await Settings(
      environment: ProcessInfo.processInfo.environment, overrides: ["ADAPTERS_PRESET": "mock"], isTerminal: false)
  }

  /// What `tenantry migrate` works with.
  static func schema() async throws -> SchemaCommand {
    SchemaCommand(settings: try await real(), logger: Logger(label: "tenantry"))
  }
}
