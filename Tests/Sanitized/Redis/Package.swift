// swift-tools-version: 6.2
import PackageDescription

/// The Redis client and its tests alone, so that a build with a sanitizer is a small one:
///
///     swift test --sanitize=thread
///     swift test --sanitize=address
///
/// The sources are those of the main package, but for locks and continuations: the thread sanitizer does not see what they
/// order, so each module gets its own from `Visible` here, which stand before the imported ones.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")

let package = Package(
  name: "sanitized-redis-client",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
  ],
  targets: [
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .target(
      name: "RedisClient", dependencies: ["CHiredis", logging, nioCore, nioPosix, nioSSL], swiftSettings: settings),
    .target(name: "TestServers", dependencies: [nioCore, nioPosix], swiftSettings: settings),
    .testTarget(
      name: "RedisClientTests", dependencies: ["RedisClient", "TestServers", logging, nioCore, nioPosix],
      swiftSettings: settings),
  ]
)
