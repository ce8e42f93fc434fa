/// Names of tables, roles and channels in the text of a statement.
public enum SQLIdentifier {
  /// The name in double quotes, as it stands, whatever it contains.
  public static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
