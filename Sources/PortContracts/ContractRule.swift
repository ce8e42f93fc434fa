/// One rule that every adapter of a port keeps: a sentence, and a check that throws when an adapter does not.
package struct ContractRule<Subject: Sendable>: Sendable {
  /// The rule as a sentence.
  package let testDescription: String
  private let body: @Sendable (Subject) async throws -> Void

  /// A rule and its check.
  package init(_ sentence: String, _ body: @escaping @Sendable (Subject) async throws -> Void) {
    testDescription = sentence
    self.body = body
  }

  /// Runs the check against a fresh subject.
  package func check(_ subject: Subject) async throws { try await body(subject) }
}
