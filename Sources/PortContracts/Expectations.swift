package import Kernel

/// Stops a check unless two values are equal.
package func requireEqual<Value: Equatable>(
  _ actual: Value, _ expected: Value, _ what: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) throws {
  try require(actual == expected, "\(what()): expected \(expected), got \(actual)", file: file, line: line)
}

/// The value, or the end of a check that cannot go on without it.
package func requireValue<Value>(
  _ value: Value?, _ what: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) throws -> Value {
  guard let value else { throw ContractViolation(description: "\(what()): got nil (\(file):\(line))") }
  return value
}

/// Stops a check unless `body` is refused with that code, and, where one is given, because of that field.
package func requireRefusal<Value>(
  _ code: DomainError.Code, field: String? = nil, file: StaticString = #fileID, line: UInt = #line,
  _ body: () async throws -> Value
) async throws {
  do {
    let value = try await body()
    try require(false, "expected a refusal with \(code), got \(value)", file: file, line: line)
  } catch let error as DomainError {
    try requireEqual(error.code, code, "the refusal", file: file, line: line)
    if let field { try requireEqual(error.fields.map(\.field), [field], "the refused fields", file: file, line: line) }
  }
}

/// Runs a call many times at once; returns how each ended, in no order.
package func atOnce<Value: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (_ number: Int) async throws -> Value
) async -> [Result<Value, any Error>] {
  await withTaskGroup { group in
    for number in 0..<count {
      group.addTask { () -> Result<Value, any Error> in
        do { return .success(try await body(number)) } catch { return .failure(error) }
      }
    }
    return await group.reduce(into: []) { $0.append($1) }
  }
}

extension Array {
  /// What the calls that ended well returned. Stops a check when another one ended otherwise than refused with one of
  /// `codes`.
  package func successes<Value>(
    elseRefusedWith codes: DomainError.Code..., file: StaticString = #fileID, line: UInt = #line
  ) throws -> [Value] where Element == Result<Value, any Error> {
    try compactMap { result in
      switch result {
      case .success(let value): return value
      case .failure(let error as DomainError) where codes.contains(error.code): return nil
      case .failure(let error):
        throw ContractViolation(description: "unexpected failure \(error) (\(file):\(line))")
      }
    }
  }
}

/// Reads a list to its end, page by page, and stops a check when a page has another length than it should.
/// - Parameter between: called after each page but the last, to change what the list is made of.
package func walk<Record: Sendable>(
  limit: Int, place: (Record) -> SortPlace, between: (_ page: Int) async throws -> Void = { _ in },
  _ read: (PageRequest) async throws -> [Record]
) async throws -> [Record] {
  var records: [Record] = []
  var after: SortPlace?
  for number in 1...1000 {
    let page = try await read(PageRequest(after: after, limit: limit))
    try require(page.count <= limit + 1, "a page of \(limit) has \(page.count) records")
    records += page.prefix(limit)
    guard page.count > limit else { return records }
    after = place(page[limit - 1])
    try await between(number)
  }
  throw ContractViolation(description: "the list has no end")
}
