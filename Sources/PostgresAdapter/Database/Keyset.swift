import Kernel
import PostgresClient

/// The order of a list and how to go on after a place in it. Pages begin by value, never by count: no OFFSET.
struct Keyset {
  /// One value of a place: the column it is read from, and how the two relate.
  struct Column {
    enum Form {
      case number
      case text
      case id
      /// `YYYY-MM-DD`.
      case day
      /// The negative of the column, so that the largest comes first.
      case negative
      /// The negative of the column's milliseconds, so that the newest comes first.
      case negativeTime
    }

    let sql: String
    let form: Form

    init(_ sql: String, _ form: Form) {
      self.sql = sql
      self.form = form
    }

    var isDescending: Bool { form == .negative || form == .negativeTime }
  }

  /// Only the first may be descending, and then there is one more.
  private let columns: [Column]

  init(_ columns: Column...) { self.columns = columns }

  /// What stands after ORDER BY.
  var orderBy: String { columns.map { $0.sql + ($0.isDescending ? " DESC" : "") }.joined(separator: ", ") }

  /// The condition that holds for what comes after `place`, in a form that an index serves. Throws `malformedRequest` for
  /// a place that is not of this list.
  func condition(after place: SortPlace, _ parameters: inout Parameters) throws(DomainError) -> String {
    guard place.values.count == columns.count else { throw Self.malformed }
    var values: [String] = []
    for (column, value) in zip(columns, place.values) {
      values.append(parameters.add(try Self.parameter(value, column.form)))
    }
    guard columns[0].isDescending else {
      return "(\(columns.map(\.sql).joined(separator: ", "))) > (\(values.joined(separator: ", ")))"
    }
    // Every row of the first condition but the ties is wanted, so the second costs next to nothing.
    let (first, second) = (columns[0].sql, columns[1].sql)
    return "\(first) <= \(values[0]) AND (\(first) < \(values[0]) OR \(second) > \(values[1]))"
  }

  private static func parameter(_ value: SortValue, _ form: Column.Form) throws(DomainError) -> PostgresValue {
    switch (value, form) {
    case (.number(let number), .number): return .int(number)
    case (.number(let number), .negative) where number > .min: return .int(-number)
    case (.number(let number), .negativeTime) where abs(Double(number)) < 2e14:
      return .time(Timestamp(milliseconds: Int64(-number)))
    case (.text(let text), .text) where !text.utf8.contains(0): return .text(text)
    case (.text(let text), .id):
      guard let id = UniqueID(text) else { throw malformed }
      return .id(id)
    case (.text(let text), .day):
      guard let date = CalendarDate(text) else { throw malformed }
      return .day(date)
    default: throw malformed
    }
  }

  private static let malformed = DomainError.malformed("cursor", "must be the nextCursor of a page of this list")
}
