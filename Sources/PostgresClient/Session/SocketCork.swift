import Glibc

/// Keeps what libpq writes to a TCP socket until it is pushed.
///
/// libpq 15 writes at every Sync (`PQpipelineSync` flushes; `PQsendPipelineSync`, which does not, came with version 17), so
/// that each statement would travel, and wake the server, alone. A Unix socket knows no cork: there each does.
enum SocketCork {
  static func put(_ descriptor: Int32) { set(TCP_CORK, descriptor) }

  /// Sends what is kept. Setting TCP_NODELAY does that, corked or not (tcp(7)); the cork stays.
  static func push(_ descriptor: Int32) { set(TCP_NODELAY, descriptor) }

  private static func set(_ option: Int32, _ descriptor: Int32) {
    var on: Int32 = 1
    _ = setsockopt(descriptor, Int32(IPPROTO_TCP), option, &on, socklen_t(MemoryLayout<Int32>.size))
  }
}
