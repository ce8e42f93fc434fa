import Logging

extension Logger {
  /// Says nothing: tests look at answers.
  static var quiet: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
