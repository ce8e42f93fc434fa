/// Durations as settings write them.
enum DurationText {
  private static let units: [(suffix: String, milliseconds: Double)] = [
    ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000),
  ]

  /// Reads `250ms`, `1.5s`, `15m`, `1h` or a bare number of `bareUnit`; nil for anything else and below zero.
  static func parse(_ text: String, bareUnit: String) -> Duration? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let suffix = text.dropFirst(digits.count)
    let name = suffix.isEmpty ? bareUnit : String(suffix)
    guard let number = Double(digits), let unit = units.first(where: { $0.suffix == name }) else { return nil }
    let milliseconds = number * unit.milliseconds
    guard milliseconds <= 1e15 else { return nil }
    return .microseconds(Int64(milliseconds * 1000))
  }

  /// Reads a number of bytes, bare or with `KiB`, `MiB` or `GiB`; nil for anything else.
  static func parseBytes(_ text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let factors = ["": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]
    let suffix = text.dropFirst(digits.count).drop { $0 == " " }
    guard let number = Int(digits), number < 1 << 32 || suffix.isEmpty, let factor = factors[String(suffix)] else {
      return nil
    }
    return number * factor
  }
}
