import ArgumentParser
import Bootstrap
import Foundation

/// How failures become exit codes: 0 done, 1 failed, 64 bad usage. The only place that knows.
enum Exit {
  /// Parses the arguments, runs the command and leaves the process.
  static func run(_ command: (some AsyncParsableCommand).Type) async {
    do {
      var parsed = try command.parseAsRoot()
      if var asynchronous = parsed as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try parsed.run()
      }
    } catch let error as SettingError {
      fail(error.description, code: 64)
    } catch {
      // Wrong arguments and requests for help: the parser knows what to print and exits 64 or 0.
      if command.exitCode(for: error) != .failure { command.exit(withError: error) }
      fail(CommandFailure.message(of: error), code: 1)
    }
  }

  private static func fail(_ message: String, code: Int32) {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    // Where this cannot be written, the exit code still tells.
    try? FileHandle.standardError.write(contentsOf: Data("tenantry: \(line)\n".utf8))
    exit(code)
  }
}
