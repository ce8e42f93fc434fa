package import Foundation

/// The programs of the installed PostgreSQL.
package enum PostgresProgram {
  /// What a program that failed printed.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// The folder that holds `postgres` and `initdb`: the newest version that is installed.
  package static func folder() throws -> URL {
    let root = URL(filePath: "/usr/lib/postgresql")
    let versions = try FileManager.default.contentsOfDirectory(atPath: root.path).compactMap { Int($0) }
    guard let newest = versions.max() else { throw Failure(description: "PostgreSQL is not installed") }
    return root.appending(path: "\(newest)/bin")
  }

  /// The arguments in front of a program so that it does not run as root, which servers refuse.
  package static var asServerUser: [String] {
    getuid() == 0 ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : []
  }

  /// Runs a program of PostgreSQL's to its end and returns what it printed.
  @discardableResult
  package static func run(_ program: String, _ arguments: [String]) throws -> String {
    try runAsServer([try folder().appending(path: program).path] + arguments)
  }

  /// Runs a command as the user that servers run as.
  @discardableResult
  package static func runAsServer(_ command: [String]) throws -> String {
    let whole = asServerUser + command
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: whole[0])
    process.arguments = Array(whole.dropFirst())
    process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"]
    process.currentDirectoryURL = FileManager.default.temporaryDirectory
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(description: "\(command[0]): \(text)") }
    return text
  }
}
