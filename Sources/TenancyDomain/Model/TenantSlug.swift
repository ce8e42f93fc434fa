package import Kernel

/// Which slugs new tenants can have: `^[a-z0-9](?:[a-z0-9-]{1,48})[a-z0-9]$`, and no word that an address of the
/// platform may need.
package enum TenantSlug {
  /// The slug in a text. Throws `validationFailed` with the reason.
  package static func read(_ text: String) throws(DomainError) -> Slug {
    guard let slug = Slug(text), lengths.contains(text.utf8.count) else {
      throw .invalid("slug", "must have 3 to 50 of a-z, 0-9 and -, no - at either end")
    }
    guard !reserved.contains(text) else { throw .invalid("slug", "is reserved; choose another than \(text)") }
    return slug
  }

  private static let lengths = 3...50

  private static let reserved = Set(
    """
    about account accounts admin administrator api app apps assets auth billing blog bookings cache cdn console \
    dashboard database default dev docs email export files ftp health help host hostmaster import internal \
    live localhost login logout mail metrics monitoring news null oauth openapi operator operators packages ping \
    platform postmaster private public register root security session sessions settings shop signin signup smtp ssl \
    staff staging static stats status store storefront support system tenant tenancy tenantry tenants test undefined \
    user users webhook webhooks webmaster www
    """.split(separator: " ").map(String.init))
}
