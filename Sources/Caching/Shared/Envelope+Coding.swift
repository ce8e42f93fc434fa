import NIOCore

extension Envelope {
  private static let magic: UInt16 = 0x5459
  private static let version: UInt8 = 2
  private static let headerLength = 62
  private static let lengthBeforeChecksum = 4
  private static let checkedFrom = 12
  private static let mostNonces = FenceTags.maximumNamed + 1

  /// The bytes to store.
  func encoded() -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.reserveCapacity(Self.headerLength + nonces.count * 8 + payload.readableBytes + plain.readableBytes)
    bytes.writeMultipleIntegers(Self.magic, Self.version, flags.rawValue, UInt64(0), createdAt)
    bytes.writeMultipleIntegers(refreshAfter, freshFor, keptFor)
    bytes.writeMultipleIntegers(bodyLength, UInt32(payload.readableBytes))
    bytes.writeMultipleIntegers(entityTag.digest.high, entityTag.digest.low, UInt8(nonces.count))
    for nonce in nonces { bytes.writeInteger(nonce) }
    bytes.writeImmutableBuffer(payload)
    bytes.writeImmutableBuffer(plain)
    bytes.setInteger(Self.checksum(bytes), at: bytes.readerIndex + Self.lengthBeforeChecksum)
    return bytes
  }

  /// Reads stored bytes. Looks at no more of them than it must, and allocates nothing by a length that it has not checked.
  init(_ bytes: ByteBuffer) throws(Flaw) {
    var rest = bytes
    guard let (magic, version, rawFlags) = rest.readMultipleIntegers(as: (UInt16, UInt8, UInt8).self),
      magic == Self.magic, version == Self.version
    else { throw .foreign }
    guard bytes.readableBytes >= Self.headerLength,
      let (checksum, createdAt) = rest.readMultipleIntegers(as: (UInt64, Int64).self),
      let (refreshAfter, freshFor, keptFor) = rest.readMultipleIntegers(as: (UInt64, UInt64, UInt64).self),
      let (bodyLength, payloadLength) = rest.readMultipleIntegers(as: (UInt32, UInt32).self),
      let (high, low, count) = rest.readMultipleIntegers(as: (UInt64, UInt8, UInt8).self)
    else { throw .truncated }
    let flags = Flags(rawValue: rawFlags)
    let plainLength = flags.contains(.plain) ? Int(bodyLength) : 0
    guard rest.readableBytes == Int(count) * 8 + Int(payloadLength) + plainLength else { throw .truncated }
    guard checksum == Self.checksum(bytes), Flags.known.isSuperset(of: flags), count <= Self.mostNonces,
      refreshAfter <= freshFor, freshFor <= keptFor, createdAt >= 0
    else { throw .corrupt }
    let nonces = (0..<count).compactMap { _ in rest.readInteger(as: UInt64.self) }
    guard let payload = rest.readSlice(length: Int(payloadLength)) else { throw .truncated }
    self.init(
      flags: flags, createdAt: createdAt, refreshAfter: refreshAfter, freshFor: freshFor, keptFor: keptFor,
      bodyLength: bodyLength, entityTag: EntityTag(.init(high: high, low: low)), nonces: nonces, payload: payload,
      plain: rest)
  }

  /// The body and its gzip form; a body of more than `most` bytes is refused before anything is made of it.
  func bodies(most: Int, _ decoder: GzipDecoder) throws(Flaw) -> (body: ByteBuffer, gzip: ByteBuffer?) {
    guard Int(bodyLength) <= most else { throw .oversized }
    if flags.contains(.plain) { return (plain, flags.contains(.gzip) ? payload : nil) }
    guard flags.contains(.gzip) else {
      guard payload.readableBytes == Int(bodyLength) else { throw .corrupt }
      return (payload, nil)
    }
    guard let body = decoder.decode(payload, length: Int(bodyLength)) else { throw .corrupt }
    return (body, payload)
  }

  /// Of what follows the checksum and of what stands before it.
  private static func checksum(_ bytes: ByteBuffer) -> UInt64 {
    bytes.withUnsafeReadableBytes { bytes in
      let head = UnsafeRawBufferPointer(rebasing: bytes[..<lengthBeforeChecksum])
      return Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[checkedFrom...])) ^ Checksum.of(head)
    }
  }
}
