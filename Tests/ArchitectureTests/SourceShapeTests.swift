import Foundation
import Testing

@Suite("The shape of the sources")
struct SourceShapeTests {
  static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

  /// What each target may import besides the Swift standard library.
  static let allowed: [String: Set<String>] = [
    "Kernel": ["Foundation", "Crypto"],
    "Caching": ["Foundation", "Kernel", "Crypto", "CProcessor", "CZlib", "CoreMetrics", "NIOCore"],
    "TenancyDomain": ["Kernel", "Caching", "NIOCore"],
    "CatalogDomain": ["Kernel", "Caching"],
    "AvailabilityDomain": ["Kernel", "Caching"],
    "BookingsDomain": ["Kernel", "Caching"],
    "RedisClient": ["CHiredis", "Foundation", "Logging", "NIOCore", "NIOPosix", "NIOSSL"],
    "PostgresClient": ["CLibPQ", "DequeModule", "Dispatch", "Foundation", "Logging"],
  ]
  static let ofTheLanguage: Set<String> = ["Swift", "Synchronization", "Glibc", "Darwin"]
  static let adapters: Set<String> = [
    "InMemoryAdapter", "HTTPAdapter", "PostgresAdapter", "RedisAdapter", "TokenAdapter",
  ]

  @Test(
    "Kernel, cache, domains and clients import nothing but what they are made for",
    arguments: Self.allowed.keys.sorted())
  func inside(_ target: String) throws {
    for (file, module) in try imports(of: target) {
      #expect(
        Self.allowed[target, default: []].union(Self.ofTheLanguage).contains(module), "\(file) imports \(module)")
    }
  }

  @Test("Adapters never import each other", arguments: Self.adapters.sorted())
  func betweenAdapters(_ target: String) throws {
    for (file, module) in try imports(of: target) {
      #expect(!Self.adapters.subtracting([target]).contains(module), "\(file) imports \(module)")
    }
  }

  @Test("The median file has at most 120 lines, nine of ten at most 300")
  func sizes() throws {
    let texts = try Self.swiftFiles(in: "Sources").map { try String(contentsOf: $0, encoding: .utf8) }
    let lines = texts.map { text in text.count { $0 == "\n" } }.sorted()
    #expect(lines[lines.count / 2] <= 120)
    #expect(lines[lines.count * 9 / 10] <= 300)
  }

  @Test("No source forces a try, defeats the concurrency checks or leaves a check unproven")
  func forbidden() throws {
    for file in try Self.swiftFiles(in: "Sources") {
      let text = try String(contentsOf: file, encoding: .utf8)
      for word in ["try!", "nonisolated(unsafe)", "fatalError(\"TODO", "@preconcurrency import"] {
        #expect(!text.contains(word), "\(file.lastPathComponent) has \(word)")
      }
      if text.contains("@unchecked Sendable") {
        #expect(text.contains("Sound to "), "\(file.lastPathComponent) does not say why it may be shared")
      }
    }
  }

  private func imports(of target: String) throws -> [(file: String, module: String)] {
    let files = try Self.swiftFiles(in: "Sources/" + target)
    #expect(!files.isEmpty, "\(target) has no sources")
    return try files.flatMap { file in
      try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ").filter { !["package", "public", "internal"].contains($0) }
        guard words.first?.hasSuffix("import") == true, words.count > 1 else { return nil }
        let name = ["struct", "class", "enum", "protocol", "func"].contains(words[1]) ? words[2] : words[1]
        return (file.lastPathComponent, String(name.split(separator: ".")[0]))
      }
    }
  }

  private static func swiftFiles(in folder: String) throws -> [URL] {
    let found = FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)
    return (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }
}
