import Foundation
import NIOCore

/// The processors that this process may run on.
enum Processors {
  /// How many there are: those of the machine or of its control group, less those that the affinity mask leaves out.
  static var count: Int { max(1, min(System.coreCount, allowed ?? .max)) }

  /// How many the mask allows, as Linux tells it in hexadecimal; nil on other systems.
  private static var allowed: Int? {
    // Where there is no such file, there is no mask to heed.
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    return count(inStatus: status)
  }

  /// How many processors the line `Cpus_allowed` names; nil without one.
  static func count(inStatus status: String) -> Int? {
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") }) else { return nil }
    let count = line.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    return count > 0 ? count : nil
  }
}
