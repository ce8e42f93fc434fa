// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, without dependencies: it builds in seconds.
let package = Package(
  name: "eviction-simulator",
  platforms: [.macOS(.v15)],
  targets: [
    .executableTarget(
      name: "EvictionSimulator",
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .treatAllWarnings(as: .error),
      ])
  ]
)
