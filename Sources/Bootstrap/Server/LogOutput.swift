import Foundation
import Kernel
import Logging
import Observability

/// Sends the logs of the process to standard error.
package enum LogOutput {
  /// Makes every logger write lines in the form that the settings ask for. To be called once.
  package static func bootstrap(_ settings: Settings) {
    let (level, isJSON) = (settings.logLevel, settings.logFormat == .json)
    LoggingSystem.bootstrap { label in
      LineLogHandler(label: label, level: level, isJSON: isJSON, now: { SystemClock().now().description }) { line in
        // A log that cannot be written must not stop what it would tell of.
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
      }
    }
  }
}
