extension Endpoint.Answer {
  static func ok(_ schema: String) -> Self { Self(status: 200, summary: "The answer", schema: schema) }
  static func created(_ schema: String) -> Self { Self(status: 201, summary: "It is made", schema: schema) }
  static let noContent = Self(status: 204, summary: "It is gone")
  static let notModified = Self(status: 304, summary: "The version you have is current")
  static let forbidden = problem(403, "This caller may not ask that")
  static let notFound = problem(404, "There is no such object for this tenant")
  static let conflict = problem(409, "It does not go with what is there")
  static let preconditionFailed = problem(412, "It has changed since the version you name")
  static let invalid = problem(422, "A field is invalid or unknown")
  static let notReady = Self(status: 503, summary: "Starting or draining", schema: "Status")

  static func problem(_ status: Int, _ summary: String) -> Self {
    Self(status: status, summary: summary, schema: "Problem", mediaTypes: ["application/problem+json"])
  }
}

extension Endpoint.Parameter {
  static let slug = Self(
    name: "slug", place: .path, summary: "The slug", schema: #"{"type":"string","maxLength":100}"#, isRequired: true)
  static let id = Self(
    name: "id", place: .path, summary: "The identifier", schema: #"{"type":"string","format":"uuid"}"#,
    isRequired: true)
  static let reference = Self(
    name: "id", place: .path, summary: "The identifier, or the slug or day where the record has one",
    schema: #"{"type":"string","maxLength":100}"#, isRequired: true)
  static let dateInPath = Self(
    name: "date", place: .path, summary: "The day", schema: #"{"type":"string","format":"date"}"#, isRequired: true)
  static let segment = text("segment", "The slug of a segment")
  static let grouping = text("grouping", "The grouping within a segment")
  static let city = text("city", "The city")
  static let text = text("q", "Text to find in title or description")
  static let sort = Self(
    name: "sort", place: .query, summary: "The order",
    schema: #"{"type":"string","enum":["order","title","price","-price","newest"],"default":"order"}"#)
  static let status = Self(
    name: "status", place: .query, summary: "The status now",
    schema: ##"{"$ref":"#/components/schemas/BookingStatus"}"##)
  static let limit = Self(
    name: "limit", place: .query, summary: "Most records of a page",
    schema: #"{"type":"integer","minimum":1,"maximum":100,"default":50}"#)
  static let cursor = Self(
    name: "cursor", place: .query, summary: "The nextCursor of the page before",
    schema: #"{"type":"string","maxLength":2000}"#)
  static let ifMatch = Self(
    name: "If-Match", place: .header, summary: "A tag of the version that is meant, or *", schema: #"{"type":"string"}"#
  )
  static let idempotencyKey = Self(
    name: "Idempotency-Key", place: .header, summary: "One for each booking wanted, bare or quoted; kept for 24 hours",
    schema: #"{"type":"string","minLength":1,"maxLength":255}"#, isRequired: true)
  static let bookingToken = Self(
    name: "X-Booking-Token", place: .header, summary: "The accessToken of the booking; needed with a publishable key",
    schema: #"{"type":"string"}"#)

  static func date(_ name: String, _ summary: String, isRequired: Bool) -> Self {
    Self(
      name: name, place: .query, summary: summary, schema: #"{"type":"string","format":"date"}"#,
      isRequired: isRequired)
  }

  private static func text(_ name: String, _ summary: String) -> Self {
    Self(name: name, place: .query, summary: summary, schema: #"{"type":"string","maxLength":100}"#)
  }
}

extension [Endpoint.Parameter] {
  /// The headers of a conditional request.
  static let conditional = [
    Endpoint.Parameter(
      name: "If-None-Match", place: .header, summary: "Tags of versions the client has",
      schema: #"{"type":"string"}"#)
  ]
}
