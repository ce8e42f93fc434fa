import Observability

/// A route of the catalog, and where its answers are taken down. For one event loop.
final class HitRoute {
  private let template: String
  private var histograms: [Histogram?] = Array(repeating: nil, count: EntityForm.allCases.count * 2)

  init(_ template: String) { self.template = template }

  /// Takes down one answer.
  func record(_ form: EntityForm, isHead: Bool, from start: UInt64, to end: UInt64, _ recorder: RequestRecorder) {
    let index = form.rawValue * 2 + (isHead ? 1 : 0)
    if let histogram = histograms[index] { return recorder.record(in: histogram, from: start, to: end) }
    let histogram = recorder.histogram(template, isHead ? "HEAD" : "GET", form.isUnchanged ? 304 : 200)
    histograms[index] = histogram
    recorder.record(in: histogram, from: start, to: end)
  }
}
