import Kernel

/// One step of the schema: how to take it, and how to take it back.
package struct Migration: Sendable {
  /// `YYYYMMDDThhmm_what_it_does`: names sort by age.
  package let name: String
  /// SQL that takes the step, in one transaction.
  package let up: String
  /// SQL that takes it back.
  package let down: String

  package init(name: String, up: String, down: String) {
    self.name = name
    self.up = up
    self.down = down
  }

  /// Tells whether the step was edited after it was taken.
  var checksum: Digest { Digest(of: up) }

  /// Whether a name has the form of one.
  static func isName(_ text: String) -> Bool { text.wholeMatch(of: /\d{8}T\d{4}_[a-z0-9_]+/) != nil }
}
