import PostgresAdapter

/// How many made-up tenants to make, and of which seed: what `--generate` and `--random-seed` say.
package struct GenerationRequest: Sendable {
  package let tenants: Int
  /// Of each tenant.
  package let packages: Int
  /// Of all tenants together.
  package let bookings: Int
  let names: GeneratedNames

  private static let form = "tenants=N,packages=M,bookings=K (N from 1 to 100000, M to 10000, K to 10000000)"

  /// Reads `tenants=N,packages=M,bookings=K`: `tenants` must be there, the others are 50 and 0 without.
  /// Throws ``SettingError``.
  package init(_ text: String, randomSeed: String?) throws {
    var numbers: [Substring: Int] = [:]
    let limits: [Substring: ClosedRange<Int>] = [
      "tenants": 1...100_000, "packages": 0...10_000, "bookings": 0...10_000_000,
    ]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, let limit = limits[sides[0]], let number = Self.number(sides[1]), limit.contains(number),
        numbers.updateValue(number, forKey: sides[0]) == nil
      else { throw SettingError("--generate", got: text, takes: Self.form) }
    }
    guard let tenants = numbers["tenants"] else { throw SettingError("--generate", got: text, takes: Self.form) }
    self.tenants = tenants
    packages = numbers["packages"] ?? 50
    bookings = numbers["bookings"] ?? 0
    guard let seed = randomSeed.map({ Self.number($0[...]) }) ?? 1, seed <= Self.largestSeed else {
      throw SettingError("--random-seed", got: randomSeed, takes: "a whole number from 0 to \(Self.largestSeed)")
    }
    names = GeneratedNames(seed: seed)
  }

  /// What keeps the slugs of tenants within their length.
  private static let largestSeed = 1_000_000_000_000

  package var randomSeed: Int { names.seed }
  package var slugs: (first: String, last: String) { (names.slug(1), names.slug(tenants)) }
  /// The keys of the first tenant.
  package var firstKeys: [String] { names.keys(1) }

  /// A number in digits alone: no sign, no space.
  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }
}
