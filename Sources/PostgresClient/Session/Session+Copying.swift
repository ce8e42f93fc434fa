import CLibPQ

extension Session {
  /// How much is given to libpq at once. It takes anything, and would buffer all that the socket does not take.
  private static let portion = 65_536

  /// The server wants to copy.
  func beginCopy(_ result: OpaquePointer) {
    guard case .copy = script?.exchange.segment, PQresultStatus(result) == PGRES_COPY_IN else {
      return close(PostgresError(.protocolViolation, "a script cannot COPY"))
    }
    copiedBytes = 0
    feedCopy()
  }

  /// The socket may take more.
  func goOnCopying() {
    guard copiedBytes != nil, !isWatchingWrites else { return }
    feedCopy()
    // What came before the end has been read already: the socket will not tell of it.
    takeReplies()
  }

  /// Gives the server of the copy what the socket takes.
  ///
  /// When the server refuses the copy, or is told to stop, it says so at once and then skips the rest; libpq tells of it
  /// only after the end, which is therefore always reached.
  private func feedCopy() {
    guard isOpen, var position = copiedBytes, case .copy(_, let data) = script?.exchange.segment else { return }
    while position < data.count {
      let count = min(Self.portion, data.count - position)
      let isTaken = data.withUnsafeBytes { bytes in
        PQputCopyData(
          connection, bytes.baseAddress?.advanced(by: position).assumingMemoryBound(to: CChar.self), Int32(count)) == 1
      }
      guard isTaken else { return lost() }
      position += count
      copiedBytes = position
      flush()
      guard isOpen, !isWatchingWrites else { return }
    }
    copiedBytes = nil
    guard PQputCopyEnd(connection, nil) == 1 else { return lost() }
    flushLater()
  }
}
