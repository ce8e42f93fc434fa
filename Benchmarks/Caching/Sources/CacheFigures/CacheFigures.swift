import Foundation

/// Figures that need a process of their own: threads, allocations, memory, and invalidation of live keys. Each prints one
/// line of JSON; `run.py` asks for all.
@main
enum CacheFigures {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, arguments.dropFirst().first.flatMap(Int.init)) {
    case ("threads", let threads?): try await print(ThreadFigures(threads: threads))
    case ("allocations", nil): try await print(AllocationFigures())
    case ("invalidation", let keys?): try await print(InvalidationFigures(keys: keys))
    case ("memory", let entries?): try await print(MemoryFigures(entries: entries))
    default:
      FileHandle.standardError.write(
        Data("usage: CacheFigures threads <1|2> | allocations | invalidation <keys> | memory <entries>\n".utf8))
      exit(64)
    }
  }

  private static func print(_ figures: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    FileHandle.standardOutput.write(try encoder.encode(figures) + Data("\n".utf8))
  }
}
