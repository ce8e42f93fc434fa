/// A double was called that should not have been.
package struct UnexpectedCall: Error, CustomStringConvertible {
  package let description: String

  /// A call of what `name` names.
  package init(_ name: String) { description = "unexpected call of \(name)" }
}
