import Glibc
import Logging
import PostgresClient

/// `PostgresLoad url shape lane|pool connections tasks seconds`: prints calls, seconds, processor seconds and, in
/// microseconds, the median and the 99th percentile; then the resident memory in MiB. With `soak` for the shape the last
/// argument is a number of calls, and the resident memory is printed along the way.
@main
struct PostgresLoad {
  static func main() async throws {
    let arguments = CommandLine.arguments
    let isSoak = arguments.count == 7 && arguments[2] == "soak"
    guard arguments.count == 7, let shape = isSoak ? .one : Workload.Shape(rawValue: arguments[2]),
      let connections = Int(arguments[4]), let tasks = Int(arguments[5]), let seconds = Double(arguments[6])
    else {
      print("usage: PostgresLoad url one|twenty|booking|soak lane|pool connections tasks seconds")
      exit(2)
    }
    var settings = PostgresPoolSettings()
    settings.minimum = connections
    settings.maximum = connections
    var lane = PostgresLaneSettings()
    lane.connections = arguments[3] == "lane" ? connections : 0
    // On a machine that is busy with something else the lane's figures must not become the pool's.
    lane.budget = .seconds(10)
    let loop = try PostgresEventLoop(logger: Logger(label: "load"))
    let node = PostgresNode(url: try PostgresURL(arguments[1]), settings: settings, lane: lane, loop: loop)
    if isSoak { return try await Soak(node: node, calls: Int(seconds), tasks: tasks).run() }
    let workload = Workload(shape: shape, lane: arguments[3] == "lane" ? .pipelined : .pool, node: node)
    _ = try await measure(workload, tasks: tasks, for: .milliseconds(500))
    let start = processorSeconds()
    let clock = ContinuousClock()
    let begun = clock.now
    let latencies = try await measure(workload, tasks: tasks, for: .seconds(seconds)).sorted()
    let wall = (clock.now - begun) / .seconds(1)
    let used = processorSeconds() - start
    let median = latencies[latencies.count / 2]
    let late = latencies[latencies.count * 99 / 100]
    print(
      #"{"calls": \#(latencies.count), "seconds": \#(wall), "cpu": \#(used), "p50": \#(median), "p99": \#(late), "rss": \#(residentMiB())}"#
    )
  }

  /// The latency of each call, in microseconds.
  private static func measure(_ workload: Workload, tasks: Int, for duration: Duration) async throws -> [Int] {
    let clock = ContinuousClock()
    let end = clock.now + duration
    return try await withThrowingTaskGroup(of: [Int].self) { group in
      for task in 0..<tasks {
        group.addTask {
          var latencies: [Int] = []
          var number = task * 7919
          var now = clock.now
          while now < end {
            try await workload.run(number)
            let after = clock.now
            latencies.append(Int((after - now) / .microseconds(1)))
            now = after
            number += 1
          }
          return latencies
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  private static func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000_000
  }

  private static func residentMiB() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }
}
