import BookingsDomain
import Kernel
import PortContracts
import PostgresAdapter
import PostgresClient
import Testing

@Suite("What failures of the database mean to a caller")
struct DatabaseFailureTests {
  static let passing: [PostgresError.Code] = [
    .timedOut, .notSent, .maybeExecuted, .commitUnknown, .poolExhausted, .connectFailed, .unavailable, .shutDown,
  ]
  static let faults: [PostgresError.Code] = [.decoding, .invalidParameter, .invalidURL, .protocolViolation]
  static let passingStates: [SQLState] = [
    "08006", "25006", "40001", "40P01", "53300", "55P03", "57014", "57P01", "58030",
  ]
  static let faultyStates: [SQLState] = ["22021", "42501", "42601", "42P01"]

  @Test("What may go well later is unavailable, and may have been done", arguments: passing)
  func unavailable(_ code: PostgresError.Code) async throws {
    let error = try await domainError(of: PostgresError(code, "canary"))
    #expect(error.code == .unavailable)
    #expect(!error.isCertain)
    #expect(!error.message.contains("canary"), "what the server says is not for clients")
  }

  @Test("So is what the server cannot do at the moment", arguments: passingStates)
  func serverUnavailable(_ state: SQLState) async throws {
    #expect(try await domainError(of: PostgresError(.server, "canary", sqlState: state)).code == .unavailable)
  }

  @Test("A fault of the program stays what it is", arguments: faults)
  func fault(_ code: PostgresError.Code) async throws {
    let error = await thrown(for: PostgresError(code, "canary"))
    #expect((error as? PostgresError)?.code == code)
  }

  @Test("So does what the server will never do", arguments: faultyStates)
  func serverFault(_ state: SQLState) async throws {
    let error = await thrown(for: PostgresError(.server, "canary", sqlState: state))
    #expect((error as? PostgresError)?.sqlState == state)
  }

  @Test("A COMMIT whose outcome nobody knows is never a success, and tells how to learn of it")
  func unknownOutcome() async throws {
    let error = try await domainError(
      of: PostgresTransactionError(commit: PostgresError(.commitUnknown, "lost"), isOutcomeUnknown: true))
    #expect(error.code == .unavailable)
    #expect(!error.isCertain)
    #expect(error.message.contains("not known"))
  }

  @Test("The step that began the trouble of a transaction tells what it means")
  func transactionSteps() async throws {
    let lost = PostgresError(.maybeExecuted, "lost")
    let taken = {
      var error = PostgresError(.server, "duplicate", sqlState: .uniqueViolation)
      error.constraint = "bookings_pkey"
      return error
    }()
    #expect(try await domainError(of: PostgresTransactionError(begin: lost)).code == .unavailable)
    #expect(try await domainError(of: PostgresTransactionError(body: taken, rollback: lost)).code == .internalError)
    #expect(await thrown(for: PostgresTransactionError(body: CancellationError(), rollback: lost)) is CancellationError)
  }

  private func domainError(of error: any Error) async throws -> DomainError {
    try #require(await thrown(for: error) as? DomainError)
  }

  /// What booking throws when the database throws `error`.
  private func thrown(for error: any Error) async -> any Error {
    let database = FailingDatabase(error: error)
    let bookings = PostgresBookingRepository(
      database: TenantDatabase(database, logger: .quiet), platform: PlatformDatabase(database, logger: .quiet))
    do {
      try await bookings.book(Fixtures.tenantID(), Fixtures.booking())
      return UnexpectedSuccess()
    } catch { return error }
  }

  private struct UnexpectedSuccess: Error {}
}

/// A database that always fails.
private struct FailingDatabase: PostgresDatabase {
  let error: any Error

  func read(_ query: PostgresQuery, setup: [PostgresQuery], options: PostgresReadOptions) async throws -> PostgresRows {
    throw error
  }

  func oneRoundTrip(
    _ statements: [PostgresQuery], setup: [PostgresQuery], options: PostgresTransactionOptions
  ) async throws -> [PostgresRows] { throw error }

  func transaction<Value: Sendable>(
    setup: [PostgresQuery], options: PostgresTransactionOptions, _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value { throw error }

  func writePosition() async throws -> PostgresWALPosition { throw error }
}
