package import CatalogDomain
package import Kernel
import NIOCore

/// Packages in a file, read piece by piece.
package struct PackageFile: PackageRowSource {
  private let file: StoredFile
  private let format: PackageFileFormat?
  private let tenant: TenantProfile

  /// - Parameters:
  ///   - format: nil to look at how the file begins.
  ///   - tenant: whose packages they are: decides the currency of prices that name none.
  package init(_ file: StoredFile, _ format: PackageFileFormat?, _ tenant: TenantProfile) {
    self.file = file
    self.format = format
    self.tenant = tenant
  }

  package func open() async throws -> any PackageRowReader {
    var format = format
    if format == nil {
      format = PackageFileFormat(lookingAt: try await file.read(at: 0, most: 1024).readableBytesView)
    }
    return Reader(file: file, parser: PackageRowParser(format ?? .csv, tenant))
  }

  private struct Reader: PackageRowReader {
    /// Bytes of one read.
    private static let piece = 64 << 10
    /// Most rows handed over at once.
    private static let most = 250

    let file: StoredFile
    var parser: PackageRowParser
    var offset: Int64 = 0
    var hasEnded = false
    var rows: [PackageRow] = []

    init(file: StoredFile, parser: PackageRowParser) {
      self.file = file
      self.parser = parser
    }

    mutating func next() async throws -> [PackageRow] {
      while rows.count < Self.most, !hasEnded {
        try Task.checkCancellation()
        let bytes = try await file.read(at: offset, most: Self.piece)
        offset += Int64(bytes.readableBytes)
        hasEnded = bytes.readableBytes == 0
        try parser.read(hasEnded ? nil : bytes, into: &rows)
      }
      defer { rows.removeFirst(min(Self.most, rows.count)) }
      return Array(rows.prefix(Self.most))
    }
  }
}
