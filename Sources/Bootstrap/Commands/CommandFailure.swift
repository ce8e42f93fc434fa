import Kernel
package import Logging
import PostgresClient

/// Why a command failed, in one line with the mend.
package struct CommandFailure: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }

  /// The reason in words for people; of a refusal, every field at fault.
  package static func message(of error: any Error) -> String {
    guard let refusal = error as? DomainError else { return String(describing: error) }
    return ([refusal.message] + refusal.fields.map { "\($0.field): \($0.message)" }).joined(separator: " ")
  }
}

extension CommandFailure {
  /// Waits for a database that is about to start, as long as `DATABASE_MAX_RETRIES` and `DATABASE_RETRY_DELAY_MS` say.
  package static func awaitingDatabase(_ settings: Settings, _ logger: Logger) async throws {
    let databases = try Databases(settings, logger: logger)
    defer { databases.shutDown() }
    try await databases.reach()
  }

  /// Does what a command does on the database; where that is not as it should be, what is thrown says what to do.
  package static func mending<Result>(
    _ settings: Settings, _ body: () async throws -> Result
  ) async throws -> Result {
    do { return try await body() } catch { throw mended(error, settings) }
  }

  private static func mended(_ error: any Error, _ settings: Settings) -> any Error {
    let cause = (error as? PostgresTransactionError)?.cause ?? error
    var reason = "The database cannot answer."
    switch cause {
    case let refusal as DomainError where refusal.code == .unavailable: reason = refusal.message
    case let failure as PostgresError where schemaStates.contains(failure.sqlState?.description ?? ""):
      return CommandFailure("the schema is not there, or not this program's: run `tenantry migrate up`")
    case let failure as PostgresError where unreachable.contains(failure.code): break
    default: return error
    }
    guard let database = settings.database else { return error }
    // Host, port and database: nothing secret.
    var addresses: [String] = []
    for address in (database.servers + database.owners).map({ "\($0.url)" }) where !addresses.contains(address) {
      addresses.append(address)
    }
    return CommandFailure(
      "\(reason) Check that PostgreSQL runs at \(addresses.joined(separator: ", ")) and takes the user and the password "
        + "that are set; LOG_LEVEL=warning tells more.")
  }

  /// A table or a column is not there.
  private static let schemaStates: Set<String> = ["42P01", "42703"]
  private static let unreachable: Set<PostgresError.Code> = [.unavailable, .connectFailed, .notSent, .poolExhausted]
}
