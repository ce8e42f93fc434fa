import PostgresClient

/// Looks at the outbox without taking anything.
package struct OutboxReader: Sendable {
  private let platform: PlatformDatabase

  package init(platform: PlatformDatabase) { self.platform = platform }

  /// All word that is left, of whichever change.
  package func pending() async throws -> [OutboxWord] {
    try OutboxWord.words(try await platform.read(PostgresQuery(OutboxStatements.pending)), from: 0)
  }
}
