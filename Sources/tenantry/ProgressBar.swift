import Foundation

/// How far a long command is, on standard error: a bar that is drawn over on a terminal, and nothing elsewhere.
struct ProgressBar {
  private let label: String
  private let total: Int
  private let isShown: Bool

  private static let width = 40

  /// A bar that has not begun.
  /// - Parameter total: of what `update` counts.
  init(_ label: String, total: Int) {
    self.label = label
    self.total = total
    isShown = isatty(FileHandle.standardError.fileDescriptor) == 1
  }

  /// Draws the bar with `done` of the total; the last draws a line end.
  func update(_ done: Int) {
    guard isShown, total > 0 else { return }
    let filled = Self.width * min(done, total) / total
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
    let line = "\r\(label) \(bar) \(done)/\(total)" + (done >= total ? "\n" : "")
    // Nobody may be there to see it.
    try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
  }
}
