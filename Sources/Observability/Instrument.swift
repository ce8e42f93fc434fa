/// One series of a family: it is recorded into by the program and writes its own samples at a scrape.
protocol Instrument: AnyObject, Sendable {
  /// Writes the samples of the series. `labels` is the escaped text between the braces.
  func write(to text: inout ExpositionText, name: String, labels: String)
}
