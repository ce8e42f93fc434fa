// swift-tools-version: 6.2
import PackageDescription

/// A package of its own: whoever uses Tenantry does not build its benchmarks. The sources of the cache are the project's,
/// through links, so that what is measured is what is shipped and `package` declarations are in reach.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let benchmark = Target.Dependency.product(name: "Benchmark", package: "benchmark")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")

let package = Package(
  name: "caching-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
  ],
  targets: [
    .target(name: "Kernel", dependencies: [crypto], swiftSettings: settings),
    .systemLibrary(name: "CProcessor"),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "Caching", dependencies: ["Kernel", "CProcessor", "CZlib", crypto, metrics, nioCore],
      swiftSettings: settings),
    .target(name: "InMemoryAdapter", dependencies: ["Kernel", "Caching", nioCore], swiftSettings: settings),
    .target(
      name: "Workload", dependencies: ["Kernel", "Caching", "InMemoryAdapter", nioCore], swiftSettings: settings),
    .executableTarget(
      name: "CacheFigures", dependencies: ["Kernel", "Caching", "Workload", nioCore], swiftSettings: settings),
    .executableTarget(
      name: "CachingBenchmarks", dependencies: ["Kernel", "Caching", "Workload", nioCore, benchmark],
      path: "Benchmarks/CachingBenchmarks", swiftSettings: settings,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ]
)
