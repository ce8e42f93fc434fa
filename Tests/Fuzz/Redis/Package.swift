// swift-tools-version: 6.2
import PackageDescription

/// The reader of Redis' replies under libFuzzer and the address sanitizer; `make fuzz` in the main package runs it.
///
/// A package of its own, since a fuzzed program has no `main` and everything in it is instrumented. The sources are those
/// of the main package.
let package = Package(
  name: "reply-fuzzer",
  platforms: [.macOS(.v15)],
  dependencies: [.package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2")],
  targets: [
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .executableTarget(
      name: "ReplyFuzzer", dependencies: ["CHiredis", .product(name: "NIOCore", package: "swift-nio")],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        // Asked for by name, since of two --sanitize the compiler heeds the last.
        .unsafeFlags([
          "-parse-as-library", "-sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table",
        ]),
      ]),
  ]
)
