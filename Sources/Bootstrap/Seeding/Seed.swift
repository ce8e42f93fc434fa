package import Foundation
import Kernel

/// The data of one tenant as a file of `Seeds/` holds it.
package struct Seed: Decodable, Sendable {
  struct TenantSeed: Decodable, Sendable {
    let slug: Slug
    let name: String
    let timeZone: TenantTimeZone
    let currency: CurrencyCode
    let dailyCapacity: Int
  }

  struct SegmentSeed: Decodable, Sendable {
    let slug: Slug
    let name: String
    let description: String?
    let sortOrder: Int
  }

  struct AddOnSeed: Decodable, Sendable {
    let slug: Slug
    let title: String
    let description: String?
    let priceCents: Int
    let segmentSlug: Slug?
  }

  struct VenueSeed: Decodable, Sendable {
    let name: String
    let city: String
    let address: String?
    let capacity: Int?
  }

  /// A day of every year, as `MM-DD`; the next one is loaded.
  struct BlackoutSeed: Decodable, Sendable {
    let monthDay: String
    let reason: String?
  }

  struct PhotoSeed: Decodable, Sendable {
    let url: String
    let alt: String
  }

  struct PackageSeed: Decodable, Sendable {
    let slug: Slug
    let title: String
    let description: String
    let priceCents: Int
    let segmentSlug: Slug?
    let grouping: String?
    let groupingOrder: Int
    let status: String
    let photos: [PhotoSeed]
    let addOnSlugs: [Slug]
  }

  let tenant: TenantSeed
  let keys: [String]
  let segments: [SegmentSeed]
  let addOns: [AddOnSeed]
  let venues: [VenueSeed]
  let blackouts: [BlackoutSeed]
  let packages: [PackageSeed]
}

/// A seed that cannot be loaded: which file, and why.
package struct SeedError: Error, CustomStringConvertible {
  package let description: String

  package init(description: String) { self.description = description }
}

extension Seed {
  /// What its storefront shows; nil when there is no such key.
  var storefrontKey: String? { keys.first { $0.hasPrefix("pk_") } }

  /// Every seed of a folder, by file name; there must be one. Throws ``SeedError``.
  package static func all(in folder: URL) throws -> [Seed] {
    let files: [URL]
    do {
      files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "json" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
    } catch {
      throw SeedError(description: "cannot read the folder \(folder.path): name one that exists")
    }
    guard !files.isEmpty else {
      throw SeedError(description: "no .json file is in the folder \(folder.path): name one with seeds like Seeds/demo")
    }
    return try files.map { file in
      do { return try JSONDecoder().decode(Seed.self, from: Data(contentsOf: file)) } catch {
        throw SeedError(description: "cannot read the seed \(file.lastPathComponent): \(error)")
      }
    }
  }

  /// The demo tenants. The in-memory preset starts with them; the real one only tells of them, and does without their
  /// files. Throws ``SeedError``.
  package static func demo(for preset: Settings.Preset) throws -> [Seed] {
    do { return try all(in: demoFolder()) } catch {
      guard preset == .real else { throw error }
      return []
    }
  }

  /// The folder `Seeds/demo`, wherever ``ProgramFolder`` finds it. Throws ``SeedError``.
  package static func demoFolder() throws -> URL {
    guard let folder = ProgramFolder.find("Seeds/demo") else {
      throw SeedError(description: "cannot find Seeds/demo: start in the project's folder, or put it by the program")
    }
    return folder
  }
}
