import Foundation
import TestServers
import Testing

/// How a command ended.
struct CommandEnd: Sendable {
  let code: Int32
  let output: String
  let errors: String
}

extension ServedDatabase {
  /// Runs `tenantry` on the database, whatever comes of it.
  func tenantry(_ arguments: String...) async throws -> CommandEnd {
    let program: URL = try #require(BuiltProgram.find("tenantry"))
    return try await offPool { [settings] in
      let process = Process()
      let (output, errors) = (Pipe(), Pipe())
      process.executableURL = program
      process.arguments = arguments
      process.currentDirectoryURL = BuiltProgram.root
      process.environment = ["PATH": "/usr/bin:/bin", "LOG_LEVEL": "error"].merging(settings) { $1 }
      process.standardOutput = output
      process.standardError = errors
      try process.run()
      let text = try output.fileHandleForReading.readToEnd() ?? Data()
      let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return CommandEnd(
        code: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
        errors: String(decoding: complaint, as: UTF8.self))
    }
  }
}
