/// Room for the arrays that libpq takes, used again for each statement.
struct ParameterScratch {
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
    let count = parameters.types.count
    guard count > 0 else { return body(0, nil, nil, nil, nil) }
    values.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    formats.removeAll(keepingCapacity: true)
    return parameters.bytes.withUnsafeBytes { bytes in
      for index in 0..<count {
        let range = parameters.ranges[index]
        values.append(
          range.flatMap { bytes.baseAddress?.advanced(by: $0.lowerBound) }?.assumingMemoryBound(to: CChar.self))
        lengths.append(Int32(truncatingIfNeeded: range?.count ?? 0))
        formats.append(parameters.isText(index) ? 0 : 1)
      }
      return parameters.types.withUnsafeBufferPointer { types in
        values.withUnsafeBufferPointer { values in
          lengths.withUnsafeBufferPointer { lengths in
            formats.withUnsafeBufferPointer { formats in
              body(
                Int32(truncatingIfNeeded: count), types.baseAddress, values.baseAddress, lengths.baseAddress,
                formats.baseAddress)
            }
          }
        }
      }
    }
  }
}
