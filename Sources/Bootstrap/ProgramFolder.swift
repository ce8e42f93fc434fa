import Foundation

/// Finds the folders that come with the program: in the working directory, or beside the program or above it.
enum ProgramFolder {
  /// The nearest folder of that relative path; nil when there is none.
  static func find(_ path: String) -> URL? {
    let working = URL(filePath: FileManager.default.currentDirectoryPath)
    let program =
      Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let above = sequence(first: program.deletingLastPathComponent()) { folder in
      folder.path == "/" ? nil : folder.deletingLastPathComponent()
    }
    return ([working] + above).map { $0.appending(path: path) }
      .first { FileManager.default.fileExists(atPath: $0.path) }
  }
}
