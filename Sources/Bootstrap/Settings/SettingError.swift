/// A setting that cannot be used. The message names the variable, what it got and what it takes; never a secret's value.
package struct SettingError: Error, CustomStringConvertible {
  package let description: String

  /// - Parameter got: what stands there; nil hides it.
  package init(_ name: String, got: String?, takes: String) {
    let got = got.map { " got \"\(Self.printable($0))\" and" } ?? " has an unusable value; it"
    description = "\(name)\(got) takes \(takes)"
  }

  /// Without control characters and at most 80 characters, so that a line stays a line.
  private static func printable(_ text: String) -> String {
    String(text.prefix(80).map { $0.isNewline || $0.asciiValue.map { $0 < 0x20 || $0 == 0x7F } ?? false ? " " : $0 })
  }
}
