import Foundation
import Synchronization

/// The data folder that `initdb` makes, made once and copied for each server.
enum PostgresTemplate {
  private static let made = Mutex<TemporaryFolder?>(nil)

  /// Copies the template to `destination`, owned by the user that runs servers.
  static func copy(to destination: URL) throws {
    let template = try made.withLock { made in
      if let made { return made }
      let folder = try TemporaryFolder("postgres-template")
      let data = folder.url.appending(path: "data").path
      try PostgresProgram.run(
        "initdb", ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
      made = folder
      return folder
    }
    try PostgresProgram.runAsServer(["/bin/cp", "-a", template.url.appending(path: "data").path, destination.path])
  }
}
