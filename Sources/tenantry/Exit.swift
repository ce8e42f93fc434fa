import ArgumentParser
import Bootstrap
import Foundation

/// How failures become exit codes: 0 done, 1 failed, 64 bad usage. The only place that knows.
enum Exit {
  /// Parses the arguments, runs the command and leaves the process.
  static func run(_ command: (some AsyncParsableCommand).Type) async {
    secureOutput()
    do {
      var parsed = try command.parseAsRoot()
      if var asynchronous = parsed as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try parsed.run()
      }
    } catch let error as SettingError {
      fail(error.description, code: 64)
    } catch is CleanExit {
      // Only a command that wants one of its own named asks for its help here.
      let (called, name) = called(command)
      let names = called.configuration.subcommands.map { $0._commandName }
      fail("name one of \(names.joined(separator: ", ")); see `\(name) --help`", code: 64)
    } catch {
      switch command.exitCode(for: error) {
      // A request for help: the parser knows what to print.
      case .success: command.exit(withError: error)
      case .validationFailure:
        let message = command.message(for: error)
        let link = ".?!".contains(message.last ?? ".") ? " See" : "; see"
        fail("\(message)\(link) `\(called(command).name) --help`", code: 64)
      default: fail(CommandFailure.message(of: error), code: 1)
      }
    }
  }

  /// Sees to it that what is printed is read, or found not to be.
  private static func secureOutput() {
    // A closed descriptor would be given to the next file or connection, and that what is printed.
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 { _ = open("/dev/null", O_RDONLY) }
    // Writing to a pipe that nobody reads then fails, as any other writing does.
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// The command that the arguments name, and how it is called.
  private static func called(_ root: any ParsableCommand.Type) -> (command: any ParsableCommand.Type, name: String) {
    var called = (command: root, name: root._commandName)
    for argument in CommandLine.arguments.dropFirst() {
      guard let next = called.command.configuration.subcommands.first(where: { $0._commandName == argument }) else {
        break
      }
      called = (next, "\(called.name) \(argument)")
    }
    return called
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    // Where this cannot be written, the exit code still tells.
    try? FileHandle.standardError.write(contentsOf: Data("tenantry: \(line)\n".utf8))
    exit(code)
  }
}
