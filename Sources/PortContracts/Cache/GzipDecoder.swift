import CZlib
import NIOCore

/// Decodes the gzip format (RFC 1952), to check what an encoder made.
enum GzipDecoder {
  /// The decoded bytes; nil unless `body` is one whole gzip member of exactly that decoded length.
  static func decode(_ body: ByteBuffer, length: Int) -> ByteBuffer? {
    var stream = z_stream()
    guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var input = Array(body.readableBytesView)
    // One byte of room more, so that a longer result is seen.
    var output = [UInt8](repeating: 0, count: length + 1)
    let outcome = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        return inflate(&stream, Z_FINISH)
      }
    }
    guard outcome == Z_STREAM_END, stream.avail_in == 0, stream.avail_out == 1 else { return nil }
    return ByteBuffer(bytes: output.dropLast())
  }
}
