// swift-tools-version: 6.2
import PackageDescription

/// A package of its own: whoever uses Tenantry does not build its benchmarks.
let package = Package(
  name: "postgres-benchmark",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "tenantry", path: "../.."),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
  ],
  targets: [
    .executableTarget(
      name: "PostgresLoad",
      dependencies: [
        .product(name: "PostgresClient", package: "tenantry"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .treatAllWarnings(as: .error),
      ])
  ]
)
