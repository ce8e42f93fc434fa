/// Room for the arrays that libpq takes, used again for each statement.
struct ParameterScratch {
  private var types: [UInt32] = []
  private var values: [UnsafePointer<CChar>?] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []

  /// Calls `body` with count, types, values, lengths and formats.
  mutating func with<Result>(
    _ parameters: EncodedParameters,
    _ body: (
      Int32, UnsafePointer<UInt32>?, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?,
      UnsafePointer<Int32>?
    ) -> Result
  ) -> Result {
    guard parameters.count > 0 else { return body(0, nil, nil, nil, nil) }
    types.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    formats.removeAll(keepingCapacity: true)
    return parameters.withEach { type, value in
      types.append(type)
      values.append(value?.baseAddress?.assumingMemoryBound(to: CChar.self))
      lengths.append(Int32(truncatingIfNeeded: value?.count ?? 0))
      formats.append(type == TypeOID.unknown ? 0 : 1)
    } then: {
      body(Int32(truncatingIfNeeded: parameters.count), types, values, lengths, formats)
    }
  }
}
