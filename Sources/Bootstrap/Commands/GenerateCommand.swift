import Kernel
package import Logging
import PostgresAdapter

/// What `tenantry seed --generate` does.
package struct GenerateCommand: Sendable {
  private let settings: Settings
  private let logger: Logger

  /// - Parameter settings: those of the real preset.
  package init(settings: Settings, logger: Logger) {
    self.settings = settings
    self.logger = logger
  }

  /// Makes what is not there yet. Servers that run hear of it through the outbox.
  /// - Parameter progress: told how many tenants are done.
  package func run(_ request: GenerationRequest, progress: (_ tenants: Int) -> Void) async throws {
    let databases = try Databases(settings, logger: logger)
    defer { databases.shutDown() }
    let generator = DataGenerator(
      platform: databases.platform,
      size: .init(tenants: request.tenants, packages: request.packages, bookings: request.bookings),
      seed: request.randomSeed, today: CalendarDate(dayNumber: Int(SystemClock().now().milliseconds / 86_400_000)))
    try await generator.run(progress: progress)
  }
}
