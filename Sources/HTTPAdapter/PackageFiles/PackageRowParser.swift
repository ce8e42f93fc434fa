import CatalogDomain
import Kernel
import NIOCore

/// Makes rows out of the bytes of a file as they come.
struct PackageRowParser {
  private enum Form {
    case csv(CSVParser)
    case jsonLines(LineSplitter)
  }

  private let tenant: TenantProfile
  private var form: Form
  private var columns: PackageColumns?
  /// How many fields the header has.
  private var width = 0
  /// The records of the product that has not ended yet.
  private var product: [CSVParser.Record] = []

  init(_ format: PackageFileFormat, _ tenant: TenantProfile) {
    self.tenant = tenant
    form =
      switch format {
      case .csv: .csv(CSVParser())
      case .jsonLines: .jsonLines(LineSplitter())
      }
  }

  /// Reads the next bytes; nil at the end. Appends the rows that are whole. Throws `malformedRequest` for a header that
  /// cannot be used.
  mutating func read(_ bytes: ByteBuffer?, into rows: inout [PackageRow]) throws {
    switch form {
    case .csv(var parser):
      var records: [CSVParser.Record] = []
      if let bytes { parser.read(bytes.readableBytesView, into: &records) } else { parser.finish(into: &records) }
      form = .csv(parser)
      for record in records { try take(record, &rows) }
      guard bytes == nil else { return }
      guard columns != nil else { throw DomainError.malformed("header", "is missing: the file is empty") }
      endProduct(&rows)
    case .jsonLines(var splitter):
      var lines: [LineSplitter.Line] = []
      if let bytes { splitter.read(bytes.readableBytesView, into: &lines) } else { splitter.finish(into: &lines) }
      form = .jsonLines(splitter)
      rows += lines.map(row)
    }
  }

  private func row(_ line: LineSplitter.Line) -> PackageRow {
    guard !line.isTooLong else {
      return .flawed(
        line: line.number, slug: nil, .malformed("line", "is larger than \(LineSplitter.largestLine >> 20) MiB"))
    }
    do { return row(line.number, try JSONValue.object(ByteBuffer(bytes: line.bytes))) } catch {
      return .flawed(
        line: line.number, slug: nil, error as? DomainError ?? .malformed("line", "must be a JSON object"))
    }
  }

  private func row(_ line: Int, _ members: [String: JSONValue]) -> PackageRow {
    guard case .string(let text)? = members["slug"], let slug = Slug(text) else {
      var reader = FieldReader(members)
      _ = reader.require("slug") { $0.slug("slug") }
      let errors = reader.errors
      guard case .string(let text)? = members["slug"] else {
        return .flawed(line: line, slug: nil, DomainError(.validationFailed, "The row has no slug.", fields: errors))
      }
      let shown = String(text.prefix(Slug.maximumLength))
      return .flawed(line: line, slug: shown, DomainError(.validationFailed, "The slug is none.", fields: errors))
    }
    return .draft(
      PackageDraft(line: line, slug: slug) { [tenant] present in
        let before = try present.map { try JSONValue.members(of: $0) } ?? [:]
        return try Package.Fields(body: JSONValue.merge(members, into: before), tenant: tenant)
      })
  }

  private mutating func take(_ record: CSVParser.Record, _ rows: inout [PackageRow]) throws {
    guard let columns else {
      if let flaw = record.flaw { throw DomainError.malformed("header", flaw) }
      self.columns = try PackageColumns(record.fields)
      width = record.fields.count
      return
    }
    let flaw =
      record.flaw ?? (record.fields.count == width ? nil : "has \(record.fields.count) fields, the header \(width)")
    switch (columns, flaw) {
    case (_, let flaw?):
      endProduct(&rows)
      rows.append(.flawed(line: record.line, slug: nil, .malformed("line", flaw)))
    case (.own(let columns), nil):
      let cells = zip(columns, record.fields).map { ($0.rawValue, $0.value($1)) }
      rows.append(row(record.line, Dictionary(cells) { first, _ in first }))
    case (.shopify(let columns), nil):
      if let first = product.first, columns.handle(first.fields) != columns.handle(record.fields) { endProduct(&rows) }
      product.append(record)
    }
  }

  private mutating func endProduct(_ rows: inout [PackageRow]) {
    guard case .shopify(let columns)? = columns, let first = product.first else { return }
    defer { product = [] }
    do throws(DomainError) {
      rows.append(row(first.line, try columns.members(product, tenant.currency)))
    } catch {
      rows.append(.flawed(line: first.line, slug: columns.handle(first.fields), error))
    }
  }
}
