package import Kernel

/// A day on which a tenant takes no bookings.
package struct Blackout: Sendable, Equatable {
  package let id: ID<Blackout>
  /// Counts the writes of this record, from 1.
  package let version: Int
  package let fields: Fields
  package let createdAt: Timestamp
  package let updatedAt: Timestamp

  package init(id: ID<Blackout>, version: Int, fields: Fields, createdAt: Timestamp, updatedAt: Timestamp) {
    self.id = id
    self.version = version
    self.fields = fields
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }

  /// What staff write.
  package struct Fields: Codable, Sendable, Equatable {
    package var date: CalendarDate
    package var reason: String?

    package init(date: CalendarDate, reason: String? = nil) {
      self.date = date
      self.reason = reason
    }
  }

  /// The wire form, which staff alone see.
  package struct View: Codable, Sendable, Equatable {
    package let id: ID<Blackout>
    package let date: CalendarDate
    @ExplicitNull package var reason: String?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
  }

  package var view: View {
    View(id: id, date: fields.date, reason: fields.reason, createdAt: createdAt, updatedAt: updatedAt)
  }
}

/// How a client names a blackout: by identifier or by its day.
package enum BlackoutReference: Sendable {
  case id(ID<Blackout>)
  case date(CalendarDate)

  /// A reference as it stands in an address; nil for a text that can name none.
  package init?(_ text: String) {
    if let id = UniqueID(text) {
      self = .id(ID(id))
    } else if let date = CalendarDate(text) {
      self = .date(date)
    } else {
      return nil
    }
  }
}
