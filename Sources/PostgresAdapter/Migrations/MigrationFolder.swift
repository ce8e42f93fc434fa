package import Foundation

/// The folder that holds migrations as pairs of files, `<name>.up.sql` and `<name>.down.sql`.
package enum MigrationFolder {
  /// The migrations of a folder, oldest first. Throws ``MigrationError``.
  package static func read(_ folder: URL) throws -> [Migration] {
    let files: [String]
    do { files = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
      throw MigrationError.unreadable(folder.path)
    }
    let names = Set(files.filter { $0.hasSuffix(".sql") }.map { $0.replacing(/\.(up|down)\.sql$/, with: "") })
    return try names.sorted().map { name in
      guard Migration.isName(name) else { throw MigrationError.misnamed(name) }
      return Migration(
        name: name, up: try text(name + ".up.sql", in: folder), down: try text(name + ".down.sql", in: folder))
    }
  }

  private static func text(_ file: String, in folder: URL) throws -> String {
    do { return try String(contentsOf: folder.appending(path: file), encoding: .utf8) } catch {
      throw MigrationError.unreadable(file)
    }
  }
}
