import CatalogDomain
import HTTPAdapter
import Kernel
package import Logging
import NIOCore

/// What `tenantry import` and `tenantry export` do, on the database. Servers that run hear of it.
package struct PackageFileCommand: Sendable {
  /// What became of an import.
  package struct Outcome: Encodable, Sendable {
    private let report: PackageImportReport

    init(_ report: PackageImportReport) { self.report = report }

    package func encode(to encoder: any Encoder) throws { try report.encode(to: encoder) }

    /// Rows with flaws.
    package var failed: Int { report.failed }
    package var applied: Bool { report.applied }

    /// One line.
    package var summary: String {
      let counts = "created \(report.created), updated \(report.updated), unchanged \(report.unchanged)"
      return counts + (report.failed > 0 ? ", failed \(report.failed)" : "")
    }

    /// A line for each flaw, as many as are told.
    package var flaws: [String] {
      report.errors.map { flaw in
        let place = ["line \(flaw.line)", flaw.slug, flaw.field].compactMap(\.self).joined(separator: ": ")
        return "\(place): \(flaw.message)"
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

  /// Imports a file; its name's ending tells its form, unless `format` does: `csv` or `jsonl`.
  package func importFile(_ path: String, _ tenant: String, format: String?, keepsGoing: Bool) async throws -> Outcome {
    let format = try format.map(Self.format) ?? PackageFileFormat(fileName: path)
    let file: StoredFile
    do {
      file = try await StoredFile.open(path)
    } catch {
      throw CommandFailure("cannot read \(path): name a file that exists and may be read, no folder")
    }
    return try await withPreset { preset in
      let profile = try await preset.administration.find(tenant).profile
      let source = PackageFile(file, format, profile)
      do {
        return Outcome(try await preset.services.exchange.importRows(profile.id, source, keepsGoing: keepsGoing))
      } catch let refusal as DomainError where refusal.code == .malformedRequest {
        let flaws = refusal.fields.map { "its \($0.field) \($0.message)" }
        throw CommandFailure("cannot import \(path): \(flaws.joined(separator: "; "))")
      }
    }
  }

  /// Writes every package of a tenant.
  /// - Parameters:
  ///   - format: `csv` or `jsonl`; nil for what the ending of `name` tells, else CSV.
  ///   - name: of the file that is written, where there is one.
  package func export(
    _ tenant: String, format: String?, name: String?, write: @Sendable (String) throws -> Void
  ) async throws {
    let format = try format.map(Self.format) ?? name.flatMap { PackageFileFormat(fileName: $0) } ?? .csv
    try await withPreset { preset in
      let id = try await preset.administration.find(tenant).id
      let file = PackageFileWriter(format)
      try write(file.header)
      var packages = try await preset.services.exchange.next(id, after: nil)
      while let last = packages.last {
        try write(try file.text(packages))
        packages = try await preset.services.exchange.next(id, after: last.creationPlace)
      }
    }
  }

  private static func format(_ text: String) throws -> PackageFileFormat {
    guard let format = PackageFileFormat(rawValue: text) else {
      throw SettingError("--format", got: text, takes: "csv or jsonl")
    }
    return format
  }

  private func withPreset<Result>(_ body: (Preset) async throws -> Result) async throws -> Result {
    let clock = SystemClock()
    let newID = IDGenerator(clock: clock, random: SystemRandomSource())
    let preset = try Preset.real(
      settings, Preset.Machine(clock: clock, ticker: clock, newID: newID), logger: logger)
    defer { preset.close() }
    return try await body(preset)
  }
}
