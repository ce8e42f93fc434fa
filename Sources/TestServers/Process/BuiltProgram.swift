package import Foundation

/// The program that the same build made as the tests that ask.
package enum BuiltProgram {
  /// What a program that failed printed.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
  }

  /// Where the build left a program: beside the tests, or above the folder they are in. nil when it is not there.
  package static func find(_ name: String) -> URL? {
    // Tests and programs are built into one folder.
    let tests = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    return sequence(first: tests) { $0.path == "/" ? nil : $0.deletingLastPathComponent() }.lazy
      .flatMap { [$0.appending(path: name), $0.appending(path: ".build/debug/\(name)")] }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) && isFile($0) }
  }

  /// Runs a program to its end, in the folder of the sources. Throws what it printed when it fails.
  package static func run(_ name: String, _ arguments: [String], environment: [String: String]) throws {
    let (status, text) = try outcome(name, arguments, environment: environment)
    guard status == 0 else {
      throw Failure(description: "\(name) \(arguments.joined(separator: " ")): \(text)")
    }
  }

  /// Runs a program to its end, in the folder of the sources; tells how it ended and what it printed.
  package static func outcome(
    _ name: String, _ arguments: [String], environment: [String: String]
  ) throws -> (status: Int32, output: String) {
    guard let program = find(name) else { throw Failure(description: "\(name) is not built") }
    let process = Process()
    let output = Pipe()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = root
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"].merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  /// The folder of the sources.
  package static let root = URL(filePath: #filePath).appending(path: "../../../..").standardized

  private static func isFile(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && !isFolder.boolValue
  }
}
