import CZlib
import NIOCore

/// Compresses to the gzip format (RFC 1952), reusing zlib's state between calls.
final class GzipEncoder: Sendable {
  /// Level 6 is zlib's own default: on catalog JSON, 9 is no smaller by more than 1 % and costs half as much again.
  private static let level: Int32 = 6

  private let idle = IdleStreams<Stream>()

  /// The gzip form; nil when zlib cannot have the memory or when the result would not be smaller.
  func compress(_ body: ByteBuffer) -> ByteBuffer? {
    guard let stream = idle.take() ?? Stream(level: Self.level) else { return nil }
    defer { idle.put(stream) }
    return stream.compress(body)
  }

  /// One zlib state. It is handed from caller to caller under the pool's lock and used by one at a time.
  /// Sound to send for that reason: whoever popped it is its only user until it is pushed back.
  private final class Stream: @unchecked Sendable {
    private let state: UnsafeMutablePointer<z_stream>

    init?(level: Int32) {
      state = .allocate(capacity: 1)
      state.initialize(to: z_stream())
      let version = deflateInit2_(
        state, level, Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      guard version == Z_OK else {
        state.deallocate()
        return nil
      }
    }

    deinit {
      deflateEnd(state)
      state.deallocate()
    }

    func compress(_ body: ByteBuffer) -> ByteBuffer? {
      guard deflateReset(state) == Z_OK, body.readableBytes <= Int(UInt32.max) else { return nil }
      let bound = Int(deflateBound(state, UInt(body.readableBytes)))
      var output = ByteBuffer()
      var outcome = Z_STREAM_ERROR
      output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { target in
        body.withUnsafeReadableBytes { source in
          // zlib declares its input as mutable and does not write to it.
          state.pointee.next_in = UnsafeMutablePointer(
            mutating: source.bindMemory(to: Bytef.self).baseAddress)
          state.pointee.avail_in = UInt32(source.count)
          state.pointee.next_out = target.bindMemory(to: Bytef.self).baseAddress
          state.pointee.avail_out = UInt32(min(target.count, Int(UInt32.max)))
          let room = state.pointee.avail_out
          outcome = deflate(state, Z_FINISH)
          return Int(room - state.pointee.avail_out)
        }
      }
      guard outcome == Z_STREAM_END, output.readableBytes < body.readableBytes else { return nil }
      // The worst-case buffer is several times too large for an entry that may live for minutes.
      return ByteBuffer(bytes: output.readableBytesView)
    }
  }
}
