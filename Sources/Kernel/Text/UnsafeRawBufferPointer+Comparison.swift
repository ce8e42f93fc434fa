extension UnsafeRawBufferPointer {
  /// Whether the bytes are those of a buffer of the same length, eight at a time: keys and heads are compared at each hit. In a
  /// time that does not depend on where they differ.
  package func isSame(as other: UnsafeRawBufferPointer) -> Bool {
    precondition(other.count == count, "buffers of one length are compared")
    var difference: UInt64 = 0
    var offset = 0
    while offset + 8 <= count {
      difference |=
        loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        ^ other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      offset += 8
    }
    while offset < count {
      difference |= UInt64(self[offset] ^ other[offset])
      offset += 1
    }
    return difference == 0
  }
}
