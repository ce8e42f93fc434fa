package import Kernel
import PostgresClient

/// Fills a database with made-up tenants, for trials and measurements. The server makes the rows, so a hundred thousand
/// bookings take seconds.
///
/// The same seed makes the same data, but for the dates of bookings, which lie around today. What is there already stays
/// as it is, so an interrupted run can be run again.
package struct DataGenerator: Sendable {
  /// How much to make.
  package struct Size: Sendable {
    package let tenants: Int
    /// Of each tenant.
    package let packages: Int
    /// Of all tenants together, spread evenly.
    package let bookings: Int

    package init(tenants: Int, packages: Int, bookings: Int) {
      self.tenants = tenants
      self.packages = packages
      self.bookings = bookings
    }
  }

  private let platform: PlatformDatabase
  private let size: Size
  private let names: GeneratedNames
  private let today: CalendarDate

  /// Tenants of one transaction.
  private static let step = 20

  /// A generator that has not begun.
  package init(platform: PlatformDatabase, size: Size, seed: Int, today: CalendarDate) {
    self.platform = platform
    self.size = size
    names = GeneratedNames(seed: seed)
    self.today = today
  }

  /// Makes what is not there yet.
  /// - Parameter progress: told how many tenants are done.
  package func run(progress: (_ tenants: Int) -> Void = { _ in }) async throws {
    for first in stride(from: 1, through: size.tenants, by: Self.step) {
      try Task.checkCancellation()
      let last = min(first + Self.step - 1, size.tenants)
      let parameters: [PostgresValue] = [
        .int(first), .int(last), .int(names.seed), .int(size.packages), .int(size.bookings), .int(size.tenants),
        .day(today),
      ]
      _ = try await platform.write(GeneratedRows.statements.map { PostgresQuery($0, parameters) })
      progress(last)
    }
  }
}
