package import Foundation
import Kernel
package import Logging

/// What `tenantry seed` does.
package struct SeedCommand: Sendable {
  /// What became of the seeds, by the slugs of their tenants.
  package struct Report: Encodable, Sendable {
    /// Those that were not there.
    package private(set) var loaded: [String] = []
    /// Those that an earlier run had not brought to its end, and how many records they lacked.
    package private(set) var completed: [String: Int] = [:]
    /// Those that were there with all they have.
    package private(set) var present: [String] = []
    /// Those whose slug a tenant has with none of the seed's keys.
    package private(set) var taken: [String] = []

    /// A line for each.
    package var lines: [String] {
      loaded.map { "loaded \($0)" }
        + completed.sorted { $0.key < $1.key }.map { "completed \($0.key), which lacked \($0.value) records" }
        + present.map { "\($0) is there already" } + taken.map { "\($0) has none of the seed's keys: left alone" }
    }

    mutating func note(_ slug: String, _ outcome: SeedLoader.Outcome) {
      switch outcome {
      case .loaded: loaded.append(slug)
      case .completed(let count): completed[slug] = count
      case .present: present.append(slug)
      case .taken: taken.append(slug)
      }
    }
  }

  private let settings: Settings
  private let logger: Logger

  /// - Parameter settings: those of the real preset.
  package init(settings: Settings, logger: Logger) {
    self.settings = settings
    self.logger = logger
  }

  /// Loads every seed of a folder; of those that an earlier run has begun with, what is missing.
  /// - Parameter progress: told how many of how many are done.
  package func load(_ folder: URL, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }) async throws -> Report {
    let seeds = try Seed.all(in: folder)
    let clock = SystemClock()
    let newID = IDGenerator(clock: clock, random: SystemRandomSource())
    let preset = try Preset.real(
      settings, Preset.Machine(clock: clock, ticker: clock, newID: newID), logger: logger)
    defer { preset.close() }
    let loader = SeedLoader(tenants: preset.tenants, services: preset.services, clock: clock, newID: newID)
    var report = Report()
    progress(0, seeds.count)
    for (index, seed) in seeds.enumerated() {
      report.note(seed.tenant.slug.description, try await loader.load(seed))
      progress(index + 1, seeds.count)
    }
    return report
  }
}
