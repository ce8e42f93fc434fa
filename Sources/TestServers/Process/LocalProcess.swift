package import Foundation
import Synchronization

/// A server of the tests' own, as a process on this machine.
///
/// It ends with this object, and with the test process however that ends: a watcher holds the read end of a pipe, and
/// kills the server when the pipe closes.
package final class LocalProcess: Sendable {
  /// Where the server may keep its files; removed with it.
  package let folder: TemporaryFolder
  private let processes: Mutex<Processes>

  private struct Processes {
    var server: Process
    var watcher: Process
    var lifeline: Pipe
  }

  /// Starts a program, its output going to `output.log` in `folder`.
  /// - Parameter arguments: the path of the program, then its arguments.
  package init(_ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:]) throws {
    self.folder = folder
    processes = Mutex(try Self.start(arguments, in: folder, environment))
  }

  deinit { kill() }

  /// The process identifier of the server.
  package var identifier: pid_t { processes.withLock { $0.server.processIdentifier } }

  /// Whether the server runs (a stopped one does).
  package var isRunning: Bool { processes.withLock { $0.server.isRunning } }

  /// What the server has printed.
  package var output: String {
    (try? String(contentsOf: folder.url.appending(path: "output.log"), encoding: .utf8)) ?? "(nothing was printed)"
  }

  /// Ends the server as a crash would, and returns when it is gone.
  package func kill() {
    processes.withLock { processes in
      if processes.server.isRunning { Foundation.kill(processes.server.processIdentifier, SIGKILL) }
      processes.server.waitUntilExit()
      // The folder stays: the server may be started again on its files.
      if processes.watcher.isRunning { Foundation.kill(processes.watcher.processIdentifier, SIGKILL) }
      processes.watcher.waitUntilExit()
    }
  }

  /// Asks the server to end, and returns when it is gone.
  package func terminate() {
    processes.withLock { processes in
      if processes.server.isRunning { Foundation.kill(processes.server.processIdentifier, SIGTERM) }
      processes.server.waitUntilExit()
    }
    kill()
  }

  /// Freezes the server (SIGSTOP): its sockets stay open and nothing answers.
  package func freeze() { _ = Foundation.kill(identifier, SIGSTOP) }

  /// Lets a frozen server go on.
  package func thaw() { _ = Foundation.kill(identifier, SIGCONT) }

  private static func start(
    _ arguments: [String], in folder: TemporaryFolder, _ environment: [String: String]
  ) throws -> Processes {
    let log = folder.url.appending(path: "output.log")
    if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
    let output = try FileHandle(forWritingTo: log)
    try output.seekToEnd()
    let server = Process()
    server.executableURL = URL(filePath: arguments[0])
    server.arguments = Array(arguments.dropFirst())
    server.currentDirectoryURL = folder.url
    server.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"].merging(environment) { $1 }
    server.standardInput = FileHandle.nullDevice
    server.standardOutput = output
    server.standardError = output
    try server.run()

    let lifeline = Pipe()
    let watcher = Process()
    watcher.executableURL = URL(filePath: "/bin/sh")
    watcher.arguments = [
      "-c", "read -r line; kill -9 \(server.processIdentifier) 2>/dev/null; rm -rf '\(folder.url.path)'",
    ]
    watcher.standardInput = lifeline
    try watcher.run()
    return Processes(server: server, watcher: watcher, lifeline: lifeline)
  }
}
