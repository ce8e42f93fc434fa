/// What generated tenants are called, and the keys that open them: the same wherever they are made, so that a load test can
/// work them out.
package struct GeneratedNames: Sendable {
  package let seed: Int

  /// The names under a seed, which is not negative.
  package init(seed: Int) { self.seed = seed }

  /// The slug of the tenant with a number from 1: `generated-<seed>-<number>`.
  package func slug(_ number: Int) -> String { "generated-\(seed)-\(number)" }

  /// The keys of the tenant with a number from 1: `pk_test_<slug>_` or `sk_test_<slug>_` and the number in 32 hexadecimal
  /// digits.
  package func keys(_ number: Int) -> [String] {
    let digits = String(number, radix: 16)
    let suffix = String(repeating: "0", count: 32 - digits.count) + digits
    return ["pk", "sk"].map { "\($0)_test_\(slug(number))_\(suffix)" }
  }
}
