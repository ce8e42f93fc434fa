package import BookingsDomain
package import CatalogDomain
package import Kernel
package import TenancyDomain

/// Small valid records to check rules with.
package enum Fixtures {
  /// 2027-01-15T08:00:00Z, when rules happen.
  package static let time = Timestamp(milliseconds: 1_800_000_000_000)
  /// 2027-07-01, a day that rules book.
  package static let date = CalendarDate(dayNumber: 21_000)
  /// How long ``booking(on:createdAt:email:status:)`` holds its date.
  package static let hold = Duration.seconds(900)
  /// What prices are in.
  package static let currency = known(CurrencyCode("USD"), "a currency")

  /// `milliseconds` after ``time``.
  package static func time(plus milliseconds: Int) -> Timestamp {
    time.advanced(by: .milliseconds(milliseconds))
  }

  /// A new identifier; those of higher numbers sort later.
  package static func id<Subject>(_ number: Int = 0, of: Subject.Type = Subject.self) -> ID<Subject> {
    ID(UniqueID(at: time(plus: number), random: (.random(in: .min ... .max), .random(in: .min ... .max))))
  }

  /// The identifier of a tenant that nobody has heard of.
  package static func tenantID() -> TenantID { TenantID(id(of: TenantID.self).raw) }

  /// A slug that is written out in a rule.
  package static func slug(_ text: String) -> Slug { known(Slug(text), "the slug \(text)") }

  /// A time zone that is written out in a rule.
  package static func timeZone(_ identifier: String) -> TenantTimeZone {
    known(TenantTimeZone(identifier: identifier), "the time zone \(identifier)")
  }

  /// A tenant with a slug that no other has.
  package static func tenant(slug: Slug? = nil, timeZone: String = "UTC", createdAt: Timestamp = time) -> Tenant {
    let id = tenantID()
    return Tenant(
      id: id, slug: slug ?? self.slug("t-\(id.description.replacing("-", with: ""))"), name: "A tenant",
      timeZone: self.timeZone(timeZone), currency: currency, dailyCapacity: 1, createdAt: createdAt)
  }

  /// A key of a tenant that no other has.
  package static func key(of tenant: Tenant, _ kind: APIKey.Kind = .publishable) -> StoredKey {
    StoredKey(digest: Digest(of: id(of: StoredKey.self).description), kind: kind, tenant: tenant.id)
  }

  /// A published package.
  package static func package(
    _ slug: String, title: String = "A package", description: String = "", priceCents: Int = 10_000,
    segment: String? = nil, grouping: String? = nil, groupingOrder: Int = 0, status: Package.Status = .published,
    addOns: [String] = []
  ) -> Package.Fields {
    Package.Fields(
      slug: self.slug(slug), title: title, description: description, priceCents: priceCents, currency: currency,
      segmentSlug: segment.map(self.slug), grouping: grouping, groupingOrder: groupingOrder, status: status,
      addOnSlugs: addOns.map(self.slug))
  }

  /// An active add-on.
  package static func addOn(
    _ slug: String, title: String = "An add-on", priceCents: Int = 500, segment: String? = nil, active: Bool = true
  ) -> AddOn.Fields {
    AddOn.Fields(
      slug: self.slug(slug), title: title, priceCents: priceCents, segmentSlug: segment.map(self.slug), active: active)
  }

  /// An active segment.
  package static func segment(
    _ slug: String, name: String = "A segment", sortOrder: Int = 0, active: Bool = true
  ) -> Segment.Fields {
    Segment.Fields(slug: self.slug(slug), name: name, sortOrder: sortOrder, active: active)
  }

  /// A pending booking.
  package static func booking(
    on date: CalendarDate = date, createdAt: Timestamp = time, email: String = "ada@example.com",
    status: BookingStatus = .pending
  ) -> Booking {
    let id: ID<Booking> = id(Int(time.duration(to: createdAt).wholeMilliseconds))
    return Booking(
      id: id, storedStatus: status, date: date,
      package: Booking.Item(slug: slug("coast"), title: "Coast", priceCents: 120_000),
      addOns: [Booking.Item(slug: slug("bouquet"), title: "Bouquet", priceCents: 9_500)],
      venue: Booking.Place(id: self.id(of: Venue.self).raw, name: "Lighthouse", city: "Lunenburg"),
      customer: CustomerContact(name: "Ada", email: email, phone: nil), currency: currency,
      notes: "By the water, “please”", createdAt: createdAt,
      expiresAt: createdAt.advanced(by: hold), accessToken: Digest(of: id.description))
  }

  /// A key that no other call has used.
  package static func idempotencyKey() -> IdempotencyKey {
    let text = id(of: IdempotencyKey.self).description
    return IdempotencyKey(text: text, fingerprint: Digest(of: text))
  }

  /// The answer to the call that made a booking.
  package static func answer(to booking: Booking) -> Booking.View {
    let today = timeZone("UTC").date(at: booking.createdAt)
    let token = booking.id.description
    var answer = booking.view(at: booking.createdAt, today: today, for: .customer(token: token))
    answer.accessToken = token
    return answer
  }

  private static func known<Value>(_ value: Value?, _ what: String) -> Value {
    guard let value else { preconditionFailure("\(what) is not valid") }
    return value
  }
}
