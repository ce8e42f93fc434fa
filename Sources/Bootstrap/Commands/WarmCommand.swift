import Kernel
package import Logging
import TenancyDomain

/// What `tenantry warm` does: fills the store that instances share.
package struct WarmCommand: Sendable {
  private let settings: Settings
  private let logger: Logger

  /// - Parameter settings: those of the real preset.
  package init(settings: Settings, logger: Logger) {
    self.settings = settings
    self.logger = logger
  }

  /// Warms every active tenant, or the one with a slug; throws for a slug that no active tenant has, and
  /// ``SettingError`` where there is no store to fill.
  /// - Parameter progress: told how many of how many are done.
  /// - Returns: how many were warmed, and how many were not.
  package func run(
    tenant slug: String?, progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void
  ) async throws -> (warmed: Int, failed: Int) {
    guard settings.redis != nil else {
      throw SettingError("REDIS_URL", got: "", takes: "the address of the cache that is to be filled")
    }
    let clock = SystemClock()
    let newID = IDGenerator(clock: clock, random: SystemRandomSource())
    let preset = try Preset.real(
      settings, Preset.Machine(clock: clock, ticker: clock, newID: newID), logger: logger)
    defer { preset.close() }
    guard await isReachable(preset) else {
      throw CommandFailure("the cache does not answer: check REDIS_URL and the server")
    }
    let directory = preset.services.directory
    let tenants = try await directory.activeTenants().filter { slug == nil || $0.slug.description == slug }
    if let slug, tenants.isEmpty { throw DomainError.notFound("active tenant \(slug)") }
    let warmer = CacheWarmer(services: preset.services, clock: clock, logger: logger)
    progress(0, tenants.count)
    let outcome = await warmer.warm(tenants) { progress($0, tenants.count) }
    return (outcome.warmed, outcome.failed)
  }

  /// Connecting may take a moment.
  private func isReachable(_ preset: Preset) async -> Bool {
    for _ in 0..<50 {
      if await preset.cache.isConnected() { return true }
      // Cancelled with the command, which then ends.
      try? await Task.sleep(for: .milliseconds(100))
    }
    return false
  }
}
