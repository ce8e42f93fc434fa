extension Endpoint {
  /// The five routes by which staff manage one kind of record.
  struct Management: Sendable {
    let list: Endpoint
    let create: Endpoint
    let get: Endpoint
    let update: Endpoint
    let delete: Endpoint

    /// - Parameters:
    ///   - path: the path of the list.
    ///   - schema: the schema of a record; `<schema>Page`, `<schema>Body` and `<schema>Patch` belong to it.
    ///   - isInUse: whether a record can be kept from being deleted.
    init(_ path: String, schema: String, plural: String, publicSchema: String? = nil, isInUse: Bool = false) {
      let item = path + "/{id}"
      let shown = publicSchema ?? schema
      list = Endpoint(
        "list\(plural)AsStaff", .get, path, access: .staff, tag: "Staff", "All \(plural.lowercased())",
        parameters: [.limit, .cursor], answers: [.ok(shown + "Page")])
      create = Endpoint(
        "create\(schema)", .post, path, access: .staff, tag: "Staff", "Adds one", body: schema + "Body",
        answers: [.created(shown), .conflict, .invalid])
      get = Endpoint(
        "get\(schema)AsStaff", .get, item, access: .staff, tag: "Staff", "One, whatever its status",
        parameters: [.reference] + .conditional, answers: [.ok(shown), .notModified, .notFound])
      update = Endpoint(
        "update\(schema)", .patch, item, access: .staff, tag: "Staff", "Changes the members that are sent (RFC 7396)",
        parameters: [.reference, .ifMatch], body: schema + "Patch",
        answers: [.ok(shown), .notFound, .conflict, .preconditionFailed, .invalid])
      delete = Endpoint(
        "delete\(schema)", .delete, item, access: .staff, tag: "Staff", "Removes one",
        parameters: [.reference, .ifMatch],
        answers: [.noContent, .notFound, .preconditionFailed] + (isInUse ? [.conflict] : []))
    }

    var all: [Endpoint] { [list, create, get, update, delete] }
  }

  static let packages = Management("/admin/packages", schema: "Package", plural: "Packages")
  static let segments = Management("/admin/segments", schema: "Segment", plural: "Segments", isInUse: true)
  static let addOns = Management("/admin/add-ons", schema: "AddOn", plural: "AddOns")
  static let venues = Management("/admin/venues", schema: "Venue", plural: "Venues")
  static let blackouts = Management("/admin/blackouts", schema: "Blackout", plural: "Blackouts")

  static let listBookings = Endpoint(
    "listBookings", .get, "/admin/bookings", access: .staff, tag: "Staff", "Bookings, newest first",
    parameters: [
      .status, .date("from", "The first day", isRequired: false), .date("to", "The last day", isRequired: false),
      .limit, .cursor,
    ], answers: [.ok("BookingPage")])

  static let listCustomers = Endpoint(
    "listCustomers", .get, "/admin/customers", access: .staff, tag: "Staff", "Customers, newest first",
    parameters: [.limit, .cursor], answers: [.ok("CustomerPage")])

  static let packageAnalytics = Endpoint(
    "getPackageAnalytics", .get, "/admin/analytics/packages", access: .staff, tag: "Staff",
    "Views and bookings of each package by day, at most 366 days; the last 30 unless others are named",
    parameters: [
      .date("from", "The first day, UTC", isRequired: false), .date("to", "The last day, UTC", isRequired: false),
    ], answers: [.ok("PackageReport")])

  /// What staff work with.
  static let staff: [Endpoint] =
    [packages, segments, addOns, venues, blackouts].flatMap(\.all) + [listBookings, listCustomers, packageAnalytics]
}
