import CZlib
package import NIOCore

/// Decompresses the gzip format (RFC 1952), reusing zlib's state between calls.
package final class GzipDecoder: Sendable {
  private let idle = IdleStreams<Stream>()

  package init() {}

  /// The bytes; nil unless `body` is one whole gzip member of exactly `length` bytes. Never holds more than that, so a
  /// small body that would become a large one costs nothing.
  package func decode(_ body: ByteBuffer, length: Int) -> ByteBuffer? {
    guard body.readableBytes <= Int(UInt32.max), length < Int(UInt32.max), let stream = idle.take() ?? Stream() else {
      return nil
    }
    defer { idle.put(stream) }
    return stream.decode(body, length: length)
  }

  /// One zlib state. It is handed from caller to caller under the pool's lock and used by one at a time.
  /// Sound to send for that reason: whoever took it is its only user until it is put back.
  private final class Stream: @unchecked Sendable {
    private let state: UnsafeMutablePointer<z_stream>

    init?() {
      state = .allocate(capacity: 1)
      state.initialize(to: z_stream())
      guard inflateInit2_(state, gzipWindow, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        state.deallocate()
        return nil
      }
    }

    deinit {
      inflateEnd(state)
      state.deallocate()
    }

    func decode(_ body: ByteBuffer, length: Int) -> ByteBuffer? {
      guard inflateReset(state) == Z_OK else { return nil }
      var output = ByteBuffer()
      var outcome = Z_STREAM_ERROR
      // One byte of room more, so that a longer result is seen.
      output.writeWithUnsafeMutableBytes(minimumWritableBytes: length + 1) { target in
        body.withUnsafeReadableBytes { source in
          // zlib declares its input as mutable and does not write to it.
          state.pointee.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: Bytef.self).baseAddress)
          state.pointee.avail_in = UInt32(source.count)
          state.pointee.next_out = target.bindMemory(to: Bytef.self).baseAddress
          state.pointee.avail_out = UInt32(length + 1)
          outcome = inflate(state, Z_FINISH)
          return length + 1 - Int(state.pointee.avail_out)
        }
      }
      let isWhole = outcome == Z_STREAM_END && state.pointee.avail_in == 0
      return isWhole && output.readableBytes == length ? output : nil
    }
  }
}
