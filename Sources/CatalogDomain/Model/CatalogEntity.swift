package import Kernel

/// A record of the catalog that staff manage: what they write (`Fields`), and what the system adds.
package protocol CatalogEntity: Sendable {
  /// What a client writes, as a whole.
  associatedtype Fields: Codable & Sendable
  /// The wire form.
  associatedtype View: Codable & Sendable

  /// What the record is called in a message.
  static var name: String { get }
  /// What a change of such a record makes stale, as names in ``CatalogTag``.
  /// - Parameter fields: those it had, those it gets, or both.
  static func tags(of fields: [Fields]) -> [String]

  var id: ID<Self> { get }
  /// Counts the writes of this record, from 1.
  var version: Int { get }
  var fields: Fields { get }
  var createdAt: Timestamp { get }

  /// The wire form as `audience` sees it.
  func view(for audience: Audience) -> View
}

extension CatalogEntity {
  package static func tags(of fields: [Fields]) -> [String] { [CatalogTag.offers] }
}

/// Who reads a record.
package enum Audience: Sendable, CaseIterable {
  case storefront
  case staff
}

/// How a client names a record: by identifier, or by slug where the record has one.
package enum CatalogReference<Entity>: Sendable {
  case id(ID<Entity>)
  case slug(String)

  /// A reference as it stands in an address.
  package init(_ text: String) {
    self = UniqueID(text).map { .id(ID($0)) } ?? .slug(text)
  }
}
