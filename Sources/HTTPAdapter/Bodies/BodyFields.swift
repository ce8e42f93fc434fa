import Kernel

/// What a client writes of one kind of record, read from a request body.
protocol BodyFields: Codable, Sendable {
  /// Reads every member. Throws `validationFailed` naming each that is invalid or unknown.
  init(body: [String: JSONValue], tenant: TenantProfile) throws
}

/// Lengths of texts, in characters.
enum Lengths {
  static let name = 1...200
  static let label = 1...100
  static let line = 0...300
  static let address = 1...2_000
  static let text = 0...5_000
}

extension FieldReader {
  /// A price in minor units.
  mutating func price(_ name: String) -> Int? { integer(name, 0...Self.maximumPrice) }

  /// Ten million of a currency with cents.
  private static var maximumPrice: Int { 1_000_000_000 }
}
