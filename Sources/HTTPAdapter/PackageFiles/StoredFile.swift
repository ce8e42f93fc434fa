import Foundation
import NIOCore
import NIOPosix
import SystemPackage

/// A file that is read, or written and then read, without blocking the threads that requests run on.
package final class StoredFile: Sendable {
  private let descriptor: SystemPackage.FileDescriptor

  private init(_ descriptor: SystemPackage.FileDescriptor) { self.descriptor = descriptor }

  // Nothing is lost with a file that was read, or that has no name any longer.
  deinit { try? descriptor.close() }

  /// An existing file. Throws for one that cannot be read, a folder among them.
  package static func open(_ path: String) async throws -> StoredFile {
    let file = try await blocking {
      StoredFile(try SystemPackage.FileDescriptor.open(SystemPackage.FilePath(path), .readOnly))
    }
    // Folders can be opened.
    _ = try await file.read(at: 0, most: 1)
    return file
  }

  /// An empty file without a name, which goes when it is closed, however the process ends.
  static func temporary() async throws -> StoredFile {
    try await blocking {
      let path = FileManager.default.temporaryDirectory.appending(path: "tenantry-\(UUID().uuidString)").path
      let descriptor = try SystemPackage.FileDescriptor.open(
        SystemPackage.FilePath(path), .readWrite, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
      let file = StoredFile(descriptor)
      try FileManager.default.removeItem(atPath: path)
      return file
    }
  }

  /// Writes at the end.
  func append(_ bytes: ByteBuffer) async throws {
    let descriptor = descriptor
    try await Self.blocking {
      _ = try bytes.withUnsafeReadableBytes { try descriptor.writeAll($0) }
    }
  }

  /// The bytes from a place on, at most as many as said; none at the end.
  func read(at offset: Int64, most count: Int) async throws -> ByteBuffer {
    let descriptor = descriptor
    return try await Self.blocking {
      var buffer = ByteBufferAllocator().buffer(capacity: count)
      try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
        try descriptor.read(fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(rebasing: space[..<count]))
      }
      return buffer
    }
  }

  private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await NIOThreadPool.singleton.runIfActive(body)
  }
}
