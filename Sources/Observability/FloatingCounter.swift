/// A total that grows by fractions, for swift-metrics only; the program's own counters count whole things.
final class FloatingCounter: Instrument {
  private let total = AtomicDouble()

  /// Adds to the total; amounts that are negative or not finite are ignored, as swift-metrics does itself.
  func increment(by amount: Double) {
    guard amount.isFinite, amount > 0 else { return }
    total.add(amount)
  }

  func reset() { total.set(0) }

  func write(to text: inout ExpositionText, name: String, labels: String) {
    text.sample(name, labels: labels, value: ExpositionText.number(total.value))
  }
}
