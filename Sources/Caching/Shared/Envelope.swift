import NIOCore

/// One entry as it stands in the shared store.
///
/// Layout of version 1, integers big-endian: magic (2 bytes), version (1), flags (1), CRC-32 of all that comes before and after it (4),
/// time of creation in milliseconds since 1970 (8), refresh, fresh and whole life in milliseconds after that (3 × 8),
/// length of the body (4), length of the payload (4), entity tag (9), nothing (3), number of generations (1), their nonces (8 each),
/// payload. The payload is the body, or its gzip form.
struct Envelope: Sendable, Equatable {
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    /// The payload is the gzip form of the body.
    static let gzip = Flags(rawValue: 1)
    /// There is no such value, and that is remembered.
    static let absent = Flags(rawValue: 2)
    static let known: Flags = [.gzip, .absent]
  }

  /// Why bytes are no envelope of this version. Each is a miss, counted, and the bytes are deleted.
  enum Flaw: String, Error, CaseIterable, Sendable {
    /// Made by another version of this program, or by somebody else.
    case foreign
    /// Shorter or longer than its header says.
    case truncated
    /// Its checksum or a field is wrong, or its payload does not decompress to the declared length.
    case corrupt
    /// Its body is longer than allowed.
    case oversized
  }

  var flags: Flags
  var createdAt: Int64
  var refreshAfter: UInt64
  var freshFor: UInt64
  var keptFor: UInt64
  var bodyLength: UInt32
  var entityTag: EntityTag
  /// The generations of the key's tags, in their order, under which the value was loaded.
  var nonces: [UInt64]
  var payload: ByteBuffer

  /// A lifetime without end.
  static let forever = UInt64.max
}
