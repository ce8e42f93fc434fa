package import Foundation
import Kernel
package import Logging

/// What `tenantry seed` does.
package struct SeedCommand: Sendable {
  private let settings: Settings
  private let logger: Logger

  /// - Parameter settings: those of the real preset.
  package init(settings: Settings, logger: Logger) {
    self.settings = settings
    self.logger = logger
  }

  /// Loads every seed of a folder whose tenant is not there yet.
  /// - Parameter progress: told of each seed, and whether it was loaded.
  /// - Returns: the slugs of the tenants that were loaded.
  package func load(
    _ folder: URL, progress: (_ slug: String, _ isNew: Bool) -> Void = { _, _ in }
  ) async throws -> [String] {
    let clock = SystemClock()
    let newID = IDGenerator(clock: clock, random: SystemRandomSource())
    let preset = try Preset.real(
      settings, Preset.Machine(clock: clock, ticker: clock, newID: newID), logger: logger)
    defer { preset.close() }
    let loader = SeedLoader(tenants: preset.tenants, services: preset.services, clock: clock, newID: newID)
    var loaded: [String] = []
    for seed in try Seed.all(in: folder) {
      let slug = seed.tenant.slug.description
      do {
        try await loader.load(seed)
        loaded.append(slug)
        progress(slug, true)
      } catch let refusal as DomainError where refusal.code == .slugTaken {
        progress(slug, false)
      }
    }
    return loaded
  }
}
