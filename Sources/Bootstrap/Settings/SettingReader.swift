import Configuration
import Foundation

/// Reads settings by the names of their variables, and refuses what it does not understand.
struct SettingReader: Sendable {
  /// The command line, the environment and the file: what counts first comes first.
  private let sources: [ConfigReader]

  /// Reads from the environment and, below it, from the file that `TENANTRY_CONFIG` names.
  /// - Parameter overrides: what the command line says; goes above both.
  init(environment: [String: String], overrides: [String: String] = [:]) throws {
    var sources = [overrides, environment]
    if let path = environment["TENANTRY_CONFIG"], !path.isEmpty { sources.append(try SettingsFile.read(path)) }
    self.sources = sources.map { ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: $0)) }
  }

  /// The text of a variable; nil when it is not set or empty.
  func text(_ names: String...) -> String? { first(names)?.text }

  /// What `parse` makes of the first of `names` that is set; the default when none is.
  func value<Value>(
    _ names: String..., default standard: Value, takes: String, _ parse: (String) -> Value?
  ) throws -> Value {
    guard let (name, text) = first(names) else { return standard }
    guard let value = parse(text) else { throw SettingError(name, got: text, takes: takes) }
    return value
  }

  func bool(_ names: String..., default standard: Bool) throws -> Bool {
    guard let (name, text) = first(names) else { return standard }
    switch text.lowercased() {
    case "true", "on", "yes", "1": return true
    case "false", "off", "no", "0": return false
    default: throw SettingError(name, got: text, takes: "on or off (true or false)")
    }
  }

  func integer(_ names: String..., default standard: Int, in range: ClosedRange<Int>) throws -> Int {
    guard let (name, text) = first(names) else { return standard }
    guard let value = Int(text), range.contains(value) else {
      throw SettingError(name, got: text, takes: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func fraction(_ names: String..., default standard: Double) throws -> Double {
    guard let (name, text) = first(names) else { return standard }
    guard let value = Double(text), (0...1).contains(value) else {
      throw SettingError(name, got: text, takes: "a number from 0 to 1")
    }
    return value
  }

  /// A duration with `ms`, `s`, `m` or `h`; a bare number is seconds, or milliseconds where the name ends in `_MS`.
  func duration(
    _ names: String..., default standard: Duration, in range: ClosedRange<Duration> = .zero ... .seconds(31_536_000)
  ) throws -> Duration {
    guard let (name, text) = first(names) else { return standard }
    let unit = name.hasSuffix("_MS") ? "ms" : "s"
    guard let duration = DurationText.parse(text, bareUnit: unit), range.contains(duration) else {
      throw SettingError(
        name, got: text, takes: "250ms, 30s, 15m, 1h or the like, from \(range.lowerBound) to \(range.upperBound)")
    }
    return duration
  }

  /// The elements of a comma-separated list.
  func list(_ name: String) -> [String] {
    text(name)?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty } ?? []
  }

  /// The host of a server; nil when it is not set.
  /// - Parameter isQuoted: false where what is refused may hold a password.
  func host(_ name: String, isQuoted: Bool = false) throws -> String? {
    guard let text = text(name) else { return nil }
    guard HostName.isWellFormed(text) else {
      let isURL = text.contains(where: { "/@".contains($0) })
      throw SettingError(name, got: isQuoted && !isURL ? text : nil, takes: "the name of a host or an IP address")
    }
    return text
  }

  /// The port of a server. What is no number is refused without quoting it: it may be a URL with a password.
  func port(_ name: String, default standard: Int) throws -> Int {
    if let text = text(name), Int(text) == nil {
      throw SettingError(name, got: nil, takes: "a port from 1 to 65535")
    }
    return try integer(name, default: standard, in: 1...65_535)
  }

  /// Which of some variables counts where each would do; nil when none is set.
  func name(of names: String...) -> String? { first(names)?.name }

  /// The first of `names` that is set in the first source that sets any. What is empty in one source is not set,
  /// whatever the sources below it say.
  func first(_ names: [String]) -> (name: String, text: String)? {
    var names = names
    for source in sources {
      var rest: [String] = []
      for name in names {
        let key = ConfigKey(name.lowercased().split(separator: "_").map(String.init))
        guard let text = source.string(forKey: key) else {
          rest.append(name)
          continue
        }
        if !text.isEmpty { return (name, text) }
      }
      names = rest
    }
    return nil
  }
}
