package import Kernel

/// How a tenant's packages did over some days, in its wire form. Days are those of UTC.
package struct PackageReport: Encodable, Sendable, Equatable {
  /// One day on which a package was viewed or booked.
  package struct Day: Encodable, Sendable, Equatable {
    package let date: CalendarDate
    @ExplicitNull package var views: Int?
    package let bookings: Int

    package init(date: CalendarDate, views: Int?, bookings: Int) {
      self.date = date
      _views = ExplicitNull(wrappedValue: views)
      self.bookings = bookings
    }
  }

  /// One package.
  package struct Line: Encodable, Sendable, Equatable {
    package let slug: String
    /// Nil for a package that has gone.
    @ExplicitNull package var title: String?
    /// Nil when nobody can tell now.
    @ExplicitNull package var views: Int?
    package let bookings: Int
    package let days: [Day]

    package init(slug: String, title: String?, views: Int?, bookings: Int, days: [Day]) {
      self.slug = slug
      _title = ExplicitNull(wrappedValue: title)
      _views = ExplicitNull(wrappedValue: views)
      self.bookings = bookings
      self.days = days
    }
  }

  /// All packages together.
  package struct Totals: Encodable, Sendable, Equatable {
    @ExplicitNull package var views: Int?
    package let bookings: Int

    package init(views: Int?, bookings: Int) {
      _views = ExplicitNull(wrappedValue: views)
      self.bookings = bookings
    }
  }

  package let from: CalendarDate
  package let to: CalendarDate
  package let totals: Totals
  /// The most viewed first.
  package let data: [Line]
}
