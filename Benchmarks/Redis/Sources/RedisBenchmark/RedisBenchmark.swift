import Foundation
import Logging
import NIOCore
import RedisClient
import Synchronization

/// Reads one key over one connection from many tasks at once, and prints a line of JSON:
/// `{"rate": GETs/s, "cpu": µs of this process per GET, "p50": µs, "p99": µs}`.
///
///     RedisBenchmark PORT KEY BYTES SECONDS TASKS [CA-FILE]
@main
enum RedisBenchmark {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 6, let port = Int(arguments[1]), let size = Int(arguments[3]),
      let seconds = Double(arguments[4]), let tasks = Int(arguments[5])
    else { return print("usage: RedisBenchmark PORT KEY BYTES SECONDS TASKS [CA-FILE]") }

    var configuration = RedisConfiguration(host: "127.0.0.1", port: port)
    configuration.connections = 1
    if arguments.count > 6 { configuration.tls = RedisTLS(certificateAuthorityFile: arguments[6]) }
    let client = RedisClient(configuration, logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
    let key = arguments[2]
    _ = try await run(client, key, size, .seconds(0.5), tasks)
    let before = processorTime()
    let started = ContinuousClock.now
    let latencies = try await run(client, key, size, .seconds(seconds), tasks)
    let elapsed = (ContinuousClock.now - started) / .seconds(1)
    let used = processorTime() - before
    let sorted = latencies.sorted()
    let result: [String: Double] = [
      "rate": Double(sorted.count) / elapsed, "cpu": used / Double(sorted.count) * 1e6,
      "p50": Double(sorted[sorted.count / 2]) / 1000, "p99": Double(sorted[sorted.count * 99 / 100]) / 1000,
    ]
    print(String(decoding: try JSONSerialization.data(withJSONObject: result, options: .sortedKeys), as: UTF8.self))
    client.shutdown()
  }

  /// The latencies of all reads, in nanoseconds.
  private static func run(
    _ client: RedisClient, _ key: String, _ size: Int, _ duration: Duration, _ tasks: Int
  ) async throws -> [UInt32] {
    let end = ContinuousClock.now + duration
    return try await withThrowingTaskGroup { group in
      for _ in 0..<tasks {
        group.addTask {
          var latencies: [UInt32] = []
          var last = ContinuousClock.now
          while last < end {
            guard try await client.get(key)?.readableBytes == size else { throw WrongReply() }
            let now = ContinuousClock.now
            latencies.append(UInt32(clamping: (now - last).components.attoseconds / 1_000_000_000))
            last = now
          }
          return latencies
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  private struct WrongReply: Error {}

  /// Seconds of processor time this process has used, in all its threads.
  private static func processorTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
  }
}
