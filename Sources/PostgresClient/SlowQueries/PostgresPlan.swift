import Foundation

/// How the server would execute a statement: EXPLAIN, without the values in it.
public struct PostgresPlan: Sendable, Equatable {
  /// One step, indented by depth.
  public struct Step: Sendable, Equatable {
    public let depth: Int
    /// "Seq Scan", "Index Scan", "Sort", …
    public let kind: String
    public let table: String?
    public let index: String?
    /// Its condition, literals replaced by `?`.
    public let filter: SQLFingerprint?
    /// Rows that it is expected to return.
    public let rows: Double
    public let cost: Double
    /// Columns that the filter compares, those compared for equality first.
    let filterColumns: [String]
  }

  public let steps: [Step]
  /// Rows of each table that is read as a whole.
  var tableSizes: [String: Double] = [:]

  /// Whether the text is a query: what writes is not explained.
  static func isExplainable(_ sql: String) -> Bool {
    var scanner = SQLScanner(sql)
    guard let first = scanner.next() else { return false }
    return first.text.lowercased() == "select"
  }

  /// Reads what `EXPLAIN (FORMAT JSON)` returns.
  init(json: String) throws {
    struct Root: Decodable {
      let plan: Node
      enum CodingKeys: String, CodingKey { case plan = "Plan" }
    }
    let roots = try JSONDecoder().decode([Root].self, from: Data(json.utf8))
    var steps: [Step] = []
    for root in roots { root.plan.append(to: &steps, depth: 0) }
    self.steps = steps
  }

  /// Tables that are read as a whole to find rows by a condition.
  var scannedTables: [String] { steps.filter { $0.kind == "Seq Scan" && $0.filter != nil }.compactMap(\.table) }

  /// Indexes for the tables of which at least a thousand rows are read and at most a tenth are used.
  var suggestions: [PostgresIndexSuggestion] {
    steps.compactMap { step in
      guard step.kind == "Seq Scan", let table = step.table, !step.filterColumns.isEmpty,
        let size = tableSizes[table], size >= 1000, step.rows <= size / 10
      else { return nil }
      return PostgresIndexSuggestion(table: table, columns: step.filterColumns, rowsRead: size, rowsUsed: step.rows)
    }
  }

  private struct Node: Decodable {
    let kind: String
    let table: String?
    let index: String?
    let filter: String?
    let rows: Double
    let cost: Double
    let children: [Node]?

    enum CodingKeys: String, CodingKey {
      case kind = "Node Type"
      case table = "Relation Name"
      case index = "Index Name"
      case filter = "Filter"
      case rows = "Plan Rows"
      case cost = "Total Cost"
      case children = "Plans"
    }

    func append(to steps: inout [Step], depth: Int) {
      steps.append(
        Step(
          depth: depth, kind: kind, table: table, index: index, filter: filter.map { SQLFingerprint($0) }, rows: rows,
          cost: cost, filterColumns: filter.map { PostgresPlan.columns(in: $0) } ?? []))
      for child in children ?? [] { child.append(to: &steps, depth: depth + 1) }
    }
  }

  /// The names in front of a comparison: `((city = 'x'::text) AND (size > 3))` gives city and size.
  private static func columns(in filter: String) -> [String] {
    var equal: [String] = []
    var ranged: [String] = []
    var scanner = SQLScanner(filter)
    var name: String?
    while let token = scanner.next() {
      switch token.kind {
      // The casts of a column (`(city)::text = …`) stand between its name and the operator.
      case .word
      where ["and", "or", "not", "is", "null", "true", "false", "any", "text"].contains(token.text.lowercased()):
        if token.text.lowercased() != "text" { name = nil }
      case .word, .quoted: name = name ?? token.text
      case .symbol where token.text == "=":
        if let name, !equal.contains(name) { equal.append(name) }
        name = nil
      case .symbol where ["<", ">", "<=", ">="].contains(token.text):
        if let name, !ranged.contains(name) { ranged.append(name) }
        name = nil
      case .symbol where token.text == "(": name = nil
      case .symbol, .literal: break
      }
    }
    return equal + ranged.filter { !equal.contains($0) }.prefix(1)
  }
}

/// An index that would let a statement find its rows without reading the whole table.
public struct PostgresIndexSuggestion: Sendable, Equatable, CustomStringConvertible {
  public let table: String
  /// In this order.
  public let columns: [String]
  public let rowsRead: Double
  public let rowsUsed: Double

  /// What makes the index, without keeping writers out meanwhile.
  public var statement: String {
    let names = columns.map { SQLIdentifier.quoted($0) }.joined(separator: ", ")
    return "CREATE INDEX CONCURRENTLY ON \(SQLIdentifier.quoted(table)) (\(names))"
  }

  public var description: String {
    "\(table) (\(columns.joined(separator: ", "))): reads \(Int(rowsRead)) rows to use \(Int(rowsUsed))"
  }
}
