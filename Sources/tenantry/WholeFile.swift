import Bootstrap
import Foundation

/// A file that is written beside its place and put there when it is whole: what was there stays until then.
///
/// What is no file but a device or a pipe, and has nothing to lose, is written to as it is.
struct WholeFile: Sendable {
  private let path: String
  private let place: String
  private let draft: String
  private let handle: FileHandle

  /// Writes a file; throws ``CommandFailure`` when it cannot, and what `body` throws, and then leaves what was there.
  static func write(_ path: String, _ body: (WholeFile) async throws -> Void) async throws {
    let file = try WholeFile(path)
    do {
      try await body(file)
      try file.finish()
    } catch {
      // What is left over does no harm.
      if file.draft != file.place { try? FileManager.default.removeItem(atPath: file.draft) }
      throw error
    }
  }

  private init(_ path: String) throws {
    var place = path
    // Where a link leads to, the file is replaced and not the link.
    if let resolved = realpath(path, nil) {
      place = String(cString: resolved)
      free(resolved)
    }
    let files = FileManager.default
    // Nothing is there, or it cannot be written either.
    let old = (try? files.attributesOfItem(atPath: place)) ?? [:]
    let kind = old[.type] as? FileAttributeType
    let isReplaced = kind == nil || kind == .typeRegular
    self.path = path
    self.place = place
    draft = isReplaced ? "\(place).\(UUID().uuidString.prefix(8)).part" : place
    if isReplaced {
      let permissions = old[.posixPermissions].map { [FileAttributeKey.posixPermissions: $0] }
      guard kind == nil || files.isWritableFile(atPath: place),
        files.createFile(atPath: draft, contents: nil, attributes: permissions)
      else { throw Self.failure(path) }
    }
    guard let handle = FileHandle(forWritingAtPath: draft) else { throw Self.failure(path) }
    self.handle = handle
  }

  /// Writes at the end.
  func append(_ data: Data) throws {
    do { try handle.write(contentsOf: data) } catch { throw Self.failure(path) }
  }

  private func finish() throws {
    guard draft != place else { return }
    do {
      // The bytes before the name, should the machine stop.
      try handle.synchronize()
      try handle.close()
    } catch { throw Self.failure(path) }
    guard rename(draft, place) == 0 else { throw Self.failure(path) }
  }

  private static func failure(_ path: String) -> CommandFailure {
    CommandFailure("cannot write \(path): name a file in a folder that exists, may be written and has room")
  }
}
