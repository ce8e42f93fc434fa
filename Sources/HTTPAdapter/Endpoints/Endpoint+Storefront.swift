extension Endpoint {
  /// What storefronts read. The one table of these routes.
  static let catalog: [Endpoint] =
    [listPackages, getPackage, listSegments, getSegment, listSegmentPackages]
    + [listAddOns, listVenues, getDay, listDays]

  static let listPackages = Endpoint(
    "listPackages", .get, "/packages", base: .apiAndRoot, access: .storefront, tag: "Catalog",
    "Published packages", parameters: [.segment, .grouping, .text, .sort, .limit, .cursor] + .conditional,
    answers: [.ok("PackagePage"), .notModified])

  static let getPackage = Endpoint(
    "getPackage", .get, "/packages/{slug}", base: .apiAndRoot, access: .storefront, tag: "Catalog",
    "A published package", parameters: [.slug] + .conditional, answers: [.ok("Package"), .notModified, .notFound])

  static let listSegments = Endpoint(
    "listSegments", .get, "/segments", access: .storefront, tag: "Catalog", "Active segments",
    parameters: [.limit, .cursor] + .conditional, answers: [.ok("SegmentPage"), .notModified])

  static let getSegment = Endpoint(
    "getSegment", .get, "/segments/{slug}", access: .storefront, tag: "Catalog", "An active segment",
    parameters: [.slug] + .conditional, answers: [.ok("Segment"), .notModified, .notFound])

  static let listSegmentPackages = Endpoint(
    "listSegmentPackages", .get, "/segments/{slug}/packages", access: .storefront, tag: "Catalog",
    "Published packages of a segment",
    parameters: [.slug, .grouping, .text, .sort, .limit, .cursor] + .conditional,
    answers: [.ok("PackagePage"), .notModified, .notFound])

  static let listAddOns = Endpoint(
    "listAddOns", .get, "/add-ons", access: .storefront, tag: "Catalog", "Active add-ons",
    parameters: [.segment, .limit, .cursor] + .conditional, answers: [.ok("AddOnPage"), .notModified])

  static let listVenues = Endpoint(
    "listVenues", .get, "/venues", access: .storefront, tag: "Catalog", "Active venues",
    parameters: [.city, .limit, .cursor] + .conditional, answers: [.ok("VenuePage"), .notModified])

  static let getDay = Endpoint(
    "getAvailability", .get, "/availability/{date}", base: .apiAndRoot, access: .storefront, tag: "Availability",
    "Whether a day can be booked", parameters: [.dateInPath] + .conditional, answers: [.ok("Day"), .notModified])

  static let listDays = Endpoint(
    "listAvailability", .get, "/availability", access: .storefront, tag: "Availability",
    "Whether the days of a range can be booked, at most 366 of them",
    parameters: [.date("from", "The first day", isRequired: true), .date("to", "The last day", isRequired: true)]
      + .conditional, answers: [.ok("DayList"), .notModified])

  /// Bookings, as storefronts and staff work with them.
  static let bookings: [Endpoint] = [createBooking, getBooking, cancelBooking, confirmBooking]

  static let createBooking = Endpoint(
    "createBooking", .post, "/bookings", access: .storefront, tag: "Bookings",
    "Books a date; a request that is sent again with its key gets its first answer again",
    parameters: [.idempotencyKey], body: "BookingRequest",
    answers: [.created("CreatedBooking"), .notFound, .conflict, .invalid])

  static let getBooking = Endpoint(
    "getBooking", .get, "/bookings/{id}", access: .staffOrCustomer, tag: "Bookings", "A booking",
    parameters: [.id, .bookingToken], answers: [.ok("Booking"), .notFound])

  static let cancelBooking = Endpoint(
    "cancelBooking", .post, "/bookings/{id}/cancel", access: .staffOrCustomer, tag: "Bookings",
    "Cancels a pending or confirmed booking", parameters: [.id, .bookingToken], body: "BookingNote",
    answers: [.ok("Booking"), .notFound, .conflict, .invalid])

  static let confirmBooking = Endpoint(
    "confirmBooking", .post, "/bookings/{id}/confirm", access: .staff, tag: "Bookings", "Confirms a pending booking",
    parameters: [.id], body: "BookingNote", answers: [.ok("Booking"), .notFound, .conflict, .invalid])
}
