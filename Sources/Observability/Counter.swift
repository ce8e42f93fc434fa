import Synchronization

/// A total that only grows. Recording is one atomic addition.
package final class Counter: Instrument {
  private let total = Atomic<Int>(0)

  init() {}

  var value: Int { total.load(ordering: .relaxed) }

  /// Adds to the total. A negative amount is a programmer error.
  package func increment(by amount: Int = 1) {
    precondition(amount >= 0, "a counter cannot go down")
    total.wrappingAdd(amount, ordering: .relaxed)
  }

  func reset() { total.store(0, ordering: .relaxed) }

  func write(to text: inout ExpositionText, name: String, labels: String) {
    text.sample(name, labels: labels, value: String(value))
  }
}
