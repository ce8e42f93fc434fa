import AvailabilityDomain
import BookingsDomain
import Kernel

extension Blackout.Fields: BodyFields {
  init(body: [String: JSONValue], tenant: TenantProfile) throws {
    var reader = FieldReader(body)
    let date = reader.require("date") { $0.date("date") }
    let reason = reader.text("reason", Lengths.line)
    guard let date, reader.isValid else { throw reader.refusal }
    self.init(date: date, reason: reason)
  }
}

extension BookingRequest {
  /// Reads the body of a booking. Throws `validationFailed`.
  init(body: [String: JSONValue]) throws {
    var reader = FieldReader(body)
    let package = reader.require("packageSlug") { $0.text("packageSlug", 1...Slug.maximumLength) }
    let date = reader.require("date") { $0.date("date") }
    let addOns = reader.texts("addOnSlugs", limit: 50, "the slug of an add-on") { text in
      (1...Slug.maximumLength).contains(text.count) ? text : nil
    }
    let venue = reader.parsed("venueId", "the identifier of a venue") { UniqueID($0) }
    let customer = reader.require("customer") { $0.object("customer") { $0.contact() } }
    let notes = reader.text("notes", Lengths.text, isLong: true)
    guard let package, let date, let customer, reader.isValid else { throw reader.refusal }
    self.init(
      packageSlug: package, date: date, addOnSlugs: addOns ?? [], venueId: venue, customer: customer, notes: notes)
  }
}

/// The body of confirm and cancel: `{}` or `{reason?}`.
struct BookingNote {
  let reason: String?

  init(body: [String: JSONValue]) throws {
    var reader = FieldReader(body)
    reason = reader.text("reason", Lengths.line)
    guard reader.isValid else { throw reader.refusal }
  }
}

extension FieldReader {
  fileprivate mutating func date(_ name: String) -> CalendarDate? {
    parsed(name, "a date as YYYY-MM-DD") { CalendarDate($0) }
  }

  fileprivate mutating func contact() -> CustomerContact? {
    let name = require("name") { $0.text("name", Lengths.name) }
    let email = require("email") { $0.parsed("email", "an e-mail address") { EmailAddress.isPlausible($0) ? $0 : nil } }
    let phone = text("phone", 1...50)
    guard let name, let email else { return nil }
    return CustomerContact(name: name, email: email, phone: phone)
  }
}

/// The form of e-mail addresses. Whether one exists, only a message to it tells.
enum EmailAddress {
  /// Whether a text is `local@domain` within the lengths of RFC 5321, without spaces and control characters.
  static func isPlausible(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...64).contains(parts[0].utf8.count), (1...255).contains(parts[1].utf8.count) else {
      return false
    }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty && $0.utf8.count <= 63 }
      && !text.contains { $0.isWhitespace || $0 == "<" || $0 == ">" || $0 == "," } && !PlainText.hasControls(text)
  }
}
