import CatalogDomain
import Kernel
import NIOCore
import Testing

@testable import HTTPAdapter

@Suite("PackageRowParser")
struct PackageRowParserTests {
  private let tenant: TenantProfile

  init() throws {
    tenant = TenantProfile(
      id: TenantID(UniqueID(high: 1, low: 2)), timeZone: try #require(TenantTimeZone(identifier: "UTC")),
      currency: try #require(CurrencyCode("USD")), dailyCapacity: 1)
  }

  @Test("What is written as a file is read again as it was, in both forms", arguments: PackageFileFormat.allCases)
  func roundTrip(format: PackageFileFormat) throws {
    let packages = try Self.packages()
    let writer = PackageFileWriter(format)
    let rows = try parse(writer.header + (try writer.text(packages)), format)
    let read = try rows.map { row -> Package.Fields in
      guard case .draft(let draft) = row else { throw DomainError(.internalError, "\(row)") }
      // Over other fields: whatever is written replaces them, also what is absent.
      return try draft.fields(over: packages[1].fields)
    }
    #expect(read == packages.map(\.fields))
  }

  @Test("Shopify's export: pictures over several records, prices exactly, status and publication")
  func shopify() throws {
    let rows = try parse(
      """
      Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Variant Price,Image Src,Image Position,Image Alt Text,Status
      first-light,First light,"<p>A, ""b""</p>",Me,Vows,"x, y",TRUE,1299.5,https://i.example/2.jpg,2,Two,active
      first-light,,,,,,,1299.50,https://i.example/1.jpg,1,One,
      hidden,Hidden,,,,,FALSE,0.10,,,,active
      old,Old,,,,,TRUE,20,,,,archived
      """, .csv)
    let fields = try rows.map { row -> Package.Fields in
      guard case .draft(let draft) = row else { throw DomainError(.internalError, "\(row)") }
      return try draft.fields(over: nil)
    }
    #expect(fields.map(\.slug.description) == ["first-light", "hidden", "old"])
    #expect(fields.map(\.priceCents) == [129_950, 10, 2_000])
    #expect(fields.map(\.status) == [.published, .draft, .archived])
    #expect(fields[0].photos.map(\.alt) == ["One", "Two"])
    #expect(fields[0].description == "<p>A, \"b\"</p>")
    #expect(fields.map(\.grouping) == ["Vows", nil, nil])
  }

  @Test("Variants of another price, and prices that are none, are flaws of their product")
  func shopifyFlaws() throws {
    let rows = try parse(
      "Handle,Title,Variant Price\na,A,10\na,,11\nb,B,1.999\nc,C,\"1,000\"\nd,D,\ne,E,5\n", .csv)
    let flawed = rows.map { row in
      if case .flawed(let line, _, _) = row { line } else { 0 }
    }
    #expect(flawed == [2, 4, 5, 6, 0])
  }

  @Test(
    "A header that cannot be used is refused",
    arguments: ["", "title,priceCents\n", "slug,colour\n", "slug,slug\n", "\"slug\nx"])
  func headers(text: String) { #expect(throws: DomainError.self) { try parse(text, .csv) } }

  @Test("Rows with flaws tell their lines, and the others are read")
  func flaws() throws {
    let csv = try parse("slug,title,priceCents\na,A,1\nb,B\n-c,C,1\n\"d\nd\",D,1\ne,E,1\n", .csv)
    #expect(csv.map(line) == [2, -3, -4, -5, 7])
    let lines = try parse("{\"slug\":\"a\"}\n\n[]\n{\"slug\":1}\n{\n{\"slug\":\"e\",}\n{\"slug\":\"f\"}", .jsonLines)
    #expect(lines.map(line) == [1, -3, -4, -5, -6, 7])
  }

  @Test("A price that is no whole number, an unknown member and a reserved slug are refused where the row is checked")
  func fields() throws {
    for text in [
      "{\"slug\":\"a\",\"title\":\"A\",\"priceCents\":1.5}",
      "{\"slug\":\"a\",\"title\":\"A\",\"priceCents\":1,\"x\":1}",
      "{\"slug\":\"import\",\"title\":\"A\",\"priceCents\":1}",
      "{\"slug\":\"export\",\"title\":\"A\",\"priceCents\":1}",
    ] {
      guard case .draft(let draft) = try parse(text, .jsonLines)[0] else {
        Issue.record("\(text) was not read")
        continue
      }
      #expect(throws: DomainError.self, "\(text)") { try draft.fields(over: nil) }
    }
  }

  /// The line of a row, negative when it has a flaw.
  private func line(_ row: PackageRow) -> Int {
    switch row {
    case .draft(let draft): draft.line
    case .flawed(let line, _, _): -line
    }
  }

  private func parse(_ text: String, _ format: PackageFileFormat) throws -> [PackageRow] {
    var parser = PackageRowParser(format, tenant)
    var rows: [PackageRow] = []
    for byte in text.utf8 { try parser.read(ByteBuffer(bytes: [byte]), into: &rows) }
    try parser.read(nil, into: &rows)
    return rows
  }

  private static func packages() throws -> [Package] {
    let (one, two) = (try #require(Slug("one")), try #require(Slug("two-2")))
    let (usd, jpy) = (try #require(CurrencyCode("USD")), try #require(CurrencyCode("JPY")))
    let fields = [
      Package.Fields(
        slug: one, title: "=HYPERLINK(\"x\"), \"quoted\"", description: "Two\r\nlines,\n\tand \"more\" 👰",
        priceCents: 0,
        currency: jpy, segmentSlug: two, grouping: "-dash", groupingOrder: -5, status: .published,
        photos: [
          .init(url: "https://i.example/a,b.jpg", alt: "A \"b\", c"), .init(url: "https://i.example/2", alt: ""),
        ],
        addOnSlugs: [two, one]),
      Package.Fields(slug: two, title: "'=x", priceCents: 1_000_000_000, currency: usd),
    ]
    return fields.enumerated().map { number, fields in
      Package(
        id: ID(UniqueID(high: 1, low: UInt64(number))), version: 1, fields: fields, addOns: [], segmentOrder: 0,
        createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0))
    }
  }
}
