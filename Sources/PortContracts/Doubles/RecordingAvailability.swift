import BookingsDomain
package import Caching
package import Kernel
import Synchronization

/// An availability that carries out every change, and keeps what it was told.
package final class RecordingAvailability: AvailabilityPort {
  /// What it was told of dates.
  package struct Record: Equatable, Sendable {
    /// How a change ended.
    package enum Outcome: Sendable {
      case committed
      case unchanged
      case thrown
      /// Told of after it had happened.
      case past
    }

    package let tenant: TenantID
    package let dates: [CalendarDate]
    package let outcome: Outcome

    /// What a test expects.
    package init(_ tenant: TenantID, _ dates: [CalendarDate], _ outcome: Outcome) {
      self.tenant = tenant
      self.dates = dates
      self.outcome = outcome
    }
  }

  private let kept = Mutex<[Record]>([])

  /// An availability that was told nothing yet.
  package init() {}

  /// Everything it was told, in order.
  package var records: [Record] { kept.withLock { $0 } }

  package func changing<Result: Sendable>(
    _ tenant: TenantID, _ dates: [CalendarDate], _ body: @Sendable () async throws -> CacheChange<Result>
  ) async throws -> Result {
    var outcome = Record.Outcome.thrown
    defer { keep(Record(tenant, dates, outcome)) }
    do {
      switch try await body() {
      case .committed(let result, _):
        outcome = .committed
        return result
      case .unchanged(let result):
        outcome = .unchanged
        return result
      }
    } catch let refusal as DomainError where refusal.isCertain {
      outcome = .unchanged
      throw refusal
    }
  }

  package func changed(_ tenant: TenantID, _ dates: [CalendarDate]) async { keep(Record(tenant, dates, .past)) }

  private func keep(_ record: Record) { kept.withLock { $0.append(record) } }
}
