import Foundation
package import NIOCore

/// How values become bytes: JSON with sorted members, so that equal values have equal bytes in every process.
package enum CacheCodec {
  /// The JSON form with sorted members and plain slashes.
  package static func encode(_ value: some Encodable) throws -> ByteBuffer {
    try JSONFrame.encode(value)
  }

  /// Reads the JSON form; throws `DecodingError`.
  package static func decode<Value: Decodable>(_ type: Value.Type, from body: ByteBuffer) throws -> Value {
    try JSONDecoder().decode(type, from: Data(body.readableBytesView))
  }
}
