import CZlib
import NIOCore

extension Envelope {
  private static let magic: UInt16 = 0x5459
  private static let version: UInt8 = 1
  private static let headerLength = 61
  private static let checkedFrom = 8
  private static let mostNonces = FenceTags.maximumNamed + 1

  /// The bytes to store.
  func encoded() -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.reserveCapacity(Self.headerLength + nonces.count * 8 + payload.readableBytes)
    bytes.writeInteger(Self.magic)
    bytes.writeInteger(Self.version)
    bytes.writeInteger(flags.rawValue)
    bytes.writeInteger(UInt32(0))
    bytes.writeInteger(createdAt)
    for time in [refreshAfter, freshFor, keptFor] { bytes.writeInteger(time) }
    bytes.writeInteger(bodyLength)
    bytes.writeInteger(UInt32(payload.readableBytes))
    bytes.writeMultipleIntegers(entityTag.digest.high, entityTag.digest.low, UInt8(0), UInt16(0))
    bytes.writeInteger(UInt8(nonces.count))
    for nonce in nonces { bytes.writeInteger(nonce) }
    bytes.writeImmutableBuffer(payload)
    bytes.setInteger(Self.checksum(bytes), at: bytes.readerIndex + 4)
    return bytes
  }

  /// Reads stored bytes. Looks at no more of them than it must, and allocates nothing by a length that it has not checked.
  init(_ bytes: ByteBuffer) throws(Flaw) {
    var rest = bytes
    guard let magic: UInt16 = rest.readInteger(), let version: UInt8 = rest.readInteger(), magic == Self.magic,
      version == Self.version
    else { throw .foreign }
    guard bytes.readableBytes >= Self.headerLength, let rawFlags: UInt8 = rest.readInteger(),
      let checksum: UInt32 = rest.readInteger(), let createdAt: Int64 = rest.readInteger(),
      let refreshAfter: UInt64 = rest.readInteger(), let freshFor: UInt64 = rest.readInteger(),
      let keptFor: UInt64 = rest.readInteger(), let bodyLength: UInt32 = rest.readInteger(),
      let payloadLength: UInt32 = rest.readInteger(), let high: UInt64 = rest.readInteger(),
      let low: UInt8 = rest.readInteger(), rest.readBytes(length: 3) != nil, let count: UInt8 = rest.readInteger()
    else { throw .truncated }
    guard rest.readableBytes == Int(count) * 8 + Int(payloadLength) else { throw .truncated }
    let flags = Flags(rawValue: rawFlags)
    guard checksum == Self.checksum(bytes), Flags.known.isSuperset(of: flags), count <= Self.mostNonces,
      refreshAfter <= freshFor, freshFor <= keptFor, createdAt >= 0
    else { throw .corrupt }
    let nonces = (0..<count).compactMap { _ in rest.readInteger(as: UInt64.self) }
    self.init(
      flags: flags, createdAt: createdAt, refreshAfter: refreshAfter, freshFor: freshFor, keptFor: keptFor,
      bodyLength: bodyLength, entityTag: EntityTag(.init(high: high, low: low)), nonces: nonces, payload: rest)
  }

  /// The body and its gzip form; a body of more than `most` bytes is refused before anything is made of it.
  func bodies(most: Int, _ decoder: GzipDecoder) throws(Flaw) -> (body: ByteBuffer, gzip: ByteBuffer?) {
    guard Int(bodyLength) <= most else { throw .oversized }
    guard flags.contains(.gzip) else {
      guard payload.readableBytes == Int(bodyLength) else { throw .corrupt }
      return (payload, nil)
    }
    guard let body = decoder.decode(payload, length: Int(bodyLength)) else { throw .corrupt }
    return (body, payload)
  }

  /// The CRC-32 of what follows the checksum and of the flags before it.
  private static func checksum(_ bytes: ByteBuffer) -> UInt32 {
    bytes.withUnsafeReadableBytes { bytes in
      var sum = crc32(0, nil, 0)
      sum = crc32(sum, bytes.bindMemory(to: Bytef.self).baseAddress, 4)
      let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(checkedFrom))
      return UInt32(crc32_z(sum, rest.bindMemory(to: Bytef.self).baseAddress, rest.count))
    }
  }
}
