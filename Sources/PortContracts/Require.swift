/// A rule of a port that an adapter broke.
package struct ContractViolation: Error, CustomStringConvertible {
  package let description: String
}

/// Stops a check unless `condition` holds.
package func require(
  _ condition: @autoclosure () throws -> Bool, _ reason: @autoclosure () -> String,
  file: StaticString = #fileID, line: UInt = #line
) throws {
  guard try !condition() else { return }
  throw ContractViolation(description: "\(reason()) (\(file):\(line))")
}
