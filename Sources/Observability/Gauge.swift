/// A level that goes up and down. Recording takes no lock.
package final class Gauge: Instrument {
  private let level = AtomicDouble()

  init() {}

  /// Replaces the level.
  package func set(_ value: Double) { level.set(value) }

  /// Raises the level, or lowers it by a negative amount.
  package func add(_ amount: Double) { level.add(amount) }

  func write(to text: inout ExpositionText, name: String, labels: String) {
    text.sample(name, labels: labels, value: ExpositionText.number(level.value))
  }
}
