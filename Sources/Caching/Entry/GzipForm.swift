import NIOCore
import Synchronization

/// The gzip form of an answer that nobody keeps: made for the first who asks for it, if anybody does.
final class GzipForm: Sendable {
  private let made = Mutex<ByteBuffer??>(nil)
  private let make: @Sendable () -> ByteBuffer?

  init(_ make: @escaping @Sendable () -> ByteBuffer?) { self.make = make }

  /// nil when it would not be smaller.
  var bytes: ByteBuffer? {
    made.withLock { made in
      if let made { return made }
      let bytes = make()
      made = .some(bytes)
      return bytes
    }
  }
}
