import CLibPQ

/// What PQcancel needs of a connection.
///
/// Sound to share: libpq documents that a PGcancel may be used in another thread than its connection's; it is made in
/// one, used and freed in one other, and never by two at once.
private final class CancelRequest: @unchecked Sendable {
  private let handle: OpaquePointer

  init(owning handle: OpaquePointer) { self.handle = handle }

  deinit { PQfreeCancel(handle) }

  /// Blocks until the server has closed the connection of the request.
  func send() {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
      // Whether it worked shows in the answer of the statement; until then a deadline runs.
      _ = PQcancel(handle, message.baseAddress, 256)
    }
  }
}

extension Session {
  /// Asks the server to stop what this session runs, on a thread that may block. `done` is called there.
  /// - Returns: false when too many such requests are under way.
  func requestCancel(_ done: @escaping @Sendable () -> Void) -> Bool {
    guard isOpen, let handle = PQgetCancel(connection) else { return false }
    let request = CancelRequest(owning: handle)
    return core.cancelRequests.run {
      request.send()
      done()
    }
  }
}
