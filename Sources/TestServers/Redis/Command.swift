import Foundation

/// A program that runs to its end.
enum Command {
  /// Why a program did not succeed.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs a program and returns what it printed, without the last line end.
  @discardableResult
  static func run(_ program: String, _ arguments: [String]) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    guard status == 0 else {
      let reason = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      throw Failure(description: "\(program) ended with \(status): \(reason)\(text)")
    }
    return String(text.hasSuffix("\n") ? text.dropLast() : text[...])
  }
}
