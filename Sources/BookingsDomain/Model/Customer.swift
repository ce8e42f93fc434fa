package import Kernel

/// How to reach who booked, as given with the booking.
package struct CustomerContact: Codable, Sendable, Equatable {
  package let name: String
  package let email: String
  @ExplicitNull package var phone: String?

  package init(name: String, email: String, phone: String?) {
    self.name = name
    self.email = email
    _phone = ExplicitNull(wrappedValue: phone)
  }
}

/// Somebody who has booked with a tenant: one for each e-mail address, letter case aside, with the contact last given.
package struct Customer: Sendable, Equatable {
  package let id: ID<Customer>
  package let contact: CustomerContact
  package let createdAt: Timestamp

  package init(id: ID<Customer>, contact: CustomerContact, createdAt: Timestamp) {
    self.id = id
    self.contact = contact
    self.createdAt = createdAt
  }

  /// The wire form, which staff alone see.
  package struct View: Codable, Sendable, Equatable {
    package let id: ID<Customer>
    package let name: String
    package let email: String
    @ExplicitNull package var phone: String?
    package let createdAt: Timestamp
  }

  package var view: View {
    View(id: id, name: contact.name, email: contact.email, phone: contact.phone, createdAt: createdAt)
  }

  /// Where a customer stands in the list: newest first.
  package var place: SortPlace { SortPlace([.number(-Int(createdAt.milliseconds)), .text(id.description)]) }
}
