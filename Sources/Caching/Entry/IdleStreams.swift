import Synchronization

/// zlib's window of 32 KiB in the gzip format instead of its own.
let gzipWindow: Int32 = 15 + 16

/// A few of zlib's states between uses: setting one up costs more than compressing a small body.
struct IdleStreams<Stream: Sendable>: ~Copyable, Sendable {
  private static var most: Int { 4 }

  private let idle = Mutex<[Stream]>([])

  /// A state for one user; nil when a new one must be made.
  func take() -> Stream? { idle.withLock { $0.popLast() } }

  /// Keeps a state for the next user, unless there are enough.
  func put(_ stream: Stream) { idle.withLock { if $0.count < Self.most { $0.append(stream) } } }
}
