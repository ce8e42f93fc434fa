// swift-tools-version: 6.2
import PackageDescription

// The sources and tests of PostgresClient once more, to be run under a sanitizer:
//
//     LSAN_OPTIONS=suppressions=../leaks.supp swift test --sanitize=address
//     swift test --sanitize=thread
//
// The thread sanitizer does not see what locks and continuations order, so the client gets its own from `Visible`, which
// stand before the imported ones.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "sanitized-postgres",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.1.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibPQ", providers: [.apt(["libpq-dev"])]),
    .target(
      name: "PostgresClient",
      dependencies: ["CLibPQ", logging, .product(name: "DequeModule", package: "swift-collections")],
      swiftSettings: settings),
    .target(name: "TestServers", swiftSettings: settings),
    .testTarget(
      name: "PostgresClientTests", dependencies: ["PostgresClient", "TestServers", logging], swiftSettings: settings),
  ]
)
