import AvailabilityDomain
import Kernel

/// A tenant's blackouts, by identifier and by day.
struct BlackoutTable: Sendable {
  private var blackouts: [ID<Blackout>: Blackout] = [:]
  private var ids: [CalendarDate: ID<Blackout>] = [:]

  /// Every blackout, in no order.
  var all: some Sequence<Blackout> { blackouts.values }

  subscript(id: ID<Blackout>) -> Blackout? { blackouts[id] }

  subscript(date: CalendarDate) -> Blackout? { ids[date].flatMap { blackouts[$0] } }

  /// Adds a blackout, or puts it in place of the one with its identifier.
  mutating func put(_ blackout: Blackout) {
    if let old = blackouts.updateValue(blackout, forKey: blackout.id) { ids[old.fields.date] = nil }
    ids[blackout.fields.date] = blackout.id
  }

  mutating func remove(_ id: ID<Blackout>) {
    if let old = blackouts.removeValue(forKey: id) { ids[old.fields.date] = nil }
  }
}
