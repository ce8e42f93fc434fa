import NIOCore

/// One entry as it stands in the shared store; docs/caching/envelope.md has the layout.
struct Envelope: Sendable, Equatable {
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    /// The payload is the gzip form of the body.
    static let gzip = Flags(rawValue: 1)
    /// There is no such value, and that is remembered.
    static let absent = Flags(rawValue: 2)
    /// The body itself stands behind its gzip form, for readers that could not keep what they would decompress.
    static let plain = Flags(rawValue: 4)
    static let known: Flags = [.gzip, .absent, .plain]
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
  /// The body, or its gzip form.
  var payload: ByteBuffer
  /// The body behind its gzip form; empty where ``Flags/plain`` is not set.
  var plain = ByteBuffer()

  /// A lifetime without end.
  static let forever = UInt64.max
}
