package import Foundation

/// A folder for one server's files, removed with this object.
package final class TemporaryFolder: Sendable {
  package let url: URL

  /// Makes an empty folder that every user of this machine may enter: PostgreSQL does not run as root.
  package init(_ name: String) throws {
    url = FileManager.default.temporaryDirectory.appending(path: "tenantry-\(name)-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: url.path)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
