import Configuration
import Foundation
import SystemPackage

/// Reads settings by the names of their variables, and refuses what it does not understand.
struct SettingReader: Sendable {
  private let config: ConfigReader

  /// Reads from the environment and, below it, from the file that `TENANTRY_CONFIG` names.
  /// - Parameter overrides: what the command line says; goes above both.
  init(environment: [String: String], overrides: [String: String] = [:]) async throws {
    var providers: [any ConfigProvider] = [
      EnvironmentVariablesProvider(environmentVariables: overrides),
      EnvironmentVariablesProvider(environmentVariables: environment),
    ]
    if let path = environment["TENANTRY_CONFIG"], !path.isEmpty { providers.append(try await Self.file(path)) }
    config = ConfigReader(providers: providers)
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

  private func first(_ names: [String]) -> (name: String, text: String)? {
    for name in names {
      let key = ConfigKey(name.lowercased().split(separator: "_").map(String.init))
      if let text = config.string(forKey: key), !text.isEmpty { return (name, text) }
    }
    return nil
  }

  /// A file of `NAME=value` lines, or of one JSON object with the same names.
  private static func file(_ path: String) async throws -> any ConfigProvider {
    do {
      guard path.hasSuffix(".json") else {
        return try await EnvironmentVariablesProvider(environmentFilePath: FilePath(path))
      }
      let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
      guard let members = object as? [String: Any] else { throw CocoaError(.fileReadCorruptFile) }
      return EnvironmentVariablesProvider(environmentVariables: members.mapValues(text))
    } catch {
      throw SettingError("TENANTRY_CONFIG", got: path, takes: "the path of a readable .env file or JSON object")
    }
  }

  /// Objects stay what they are: the settings that take them take JSON.
  private static func json(_ elements: [[String: Any]]) -> String {
    // What was read as JSON can be written as such.
    guard let data = try? JSONSerialization.data(withJSONObject: elements) else { return "\(elements)" }
    return String(decoding: data, as: UTF8.self)
  }

  private static func text(_ value: Any) -> String {
    switch value {
    case let text as String: text
    case let elements as [[String: Any]] where !elements.isEmpty: json(elements)
    case let elements as [Any]: elements.map(text).joined(separator: ",")
    default: "\(value)"
    }
  }
}
