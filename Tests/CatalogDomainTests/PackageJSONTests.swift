import Foundation
import Kernel
import NIOCore
import Testing

@testable import Caching
@testable import CatalogDomain

@Suite("What packages write of themselves")
struct PackageJSONTests {
  private func view(segment: String?, grouping: String?, photos: Int, addOns: Int, text: String) throws -> Package.View
  {
    let slug = try #require(Slug("a-slug"))
    let time = Timestamp(milliseconds: 1_700_000_000_123)
    return Package.View(
      id: ID(UniqueID(high: 0x0123_4567_89AB_7CDE, low: 0x8000_0000_0000_0001)), slug: slug, title: text,
      description: text + text, priceCents: -12, currency: try #require(CurrencyCode("EUR")),
      segment: segment.flatMap { Slug($0) }, grouping: grouping, groupingOrder: 3, status: .published,
      photos: (0..<photos).map { Package.Photo(url: "https://x/\($0)?a=b", alt: text) },
      addOns: (0..<addOns).map {
        Package.View.AddOnView(id: ID(UniqueID(high: 1, low: UInt64($0))), slug: slug, title: text, priceCents: $0)
      }, createdAt: time, updatedAt: Timestamp(milliseconds: -1))
  }

  @Test("It is byte for byte what their Encodable form leads to, for a page of them too")
  func sameAsEncodable() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let views = [
      try view(segment: nil, grouping: nil, photos: 0, addOns: 0, text: ""),
      try view(segment: "coast", grouping: "quiet \"ones\"", photos: 1, addOns: 1, text: "é 日本 \\ \u{1}\n/"),
      try view(segment: "x", grouping: "", photos: 3, addOns: 5, text: String(repeating: "long text, ", count: 30)),
    ]
    for count in 0...3 {
      for cursor in [nil, "next"] {
        let page = Page(data: Array(views.prefix(count)), nextCursor: cursor)
        let expected = String(decoding: try encoder.encode(page), as: UTF8.self)
        #expect(String(buffer: try CacheCodec.encode(page)) == expected)
      }
    }
    #expect(
      try JSONDecoder().decode(Package.View.self, from: Data(try CacheCodec.encode(views[1]).readableBytesView))
        == views[1])
  }
}
