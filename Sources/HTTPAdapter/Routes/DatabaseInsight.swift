/// What is known of the database's statements, for operators. The process around the API lends it.
package struct DatabaseInsight: Sendable {
  /// What `/database/slow-queries` answers.
  package let slowQueries: @Sendable () -> SlowQueryReport
  /// What `/database/suggestions` answers.
  package let suggestions: @Sendable () -> SuggestionReport
  /// Runs a request and looks at what it asks of the database.
  package let watching: RequestWatch

  package typealias RequestWatch = @Sendable (_ request: () async -> Void) async -> Void

  package init(
    slowQueries: @escaping @Sendable () -> SlowQueryReport, suggestions: @escaping @Sendable () -> SuggestionReport,
    watching: @escaping RequestWatch
  ) {
    self.slowQueries = slowQueries
    self.suggestions = suggestions
    self.watching = watching
  }

  /// What the in-memory preset has: no statements.
  package static let none = DatabaseInsight(
    slowQueries: { SlowQueryReport(thresholdMs: 0, data: [], repeated: []) },
    suggestions: { SuggestionReport(data: []) }, watching: { await $0() })
}
