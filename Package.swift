// swift-tools-version: 6.2
import PackageDescription

/// One list for every target. Checks stay on in release builds; only visibility to the optimiser is widened.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdHTTP2 = Target.Dependency.product(name: "HummingbirdHTTP2", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let collections = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

func source(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "tenantry",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "tenantry", targets: ["tenantry"]),
    .library(name: "Caching", targets: ["Caching", "Kernel"]),
    .library(name: "RedisClient", targets: ["RedisClient"]),
    .library(name: "PostgresClient", targets: ["PostgresClient"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
  ],
  targets: [
    // Inside: what the project exists for. No framework here.
    source("Kernel", [crypto]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CProcessor"),
    source("Caching", ["Kernel", "CProcessor", "CZlib", crypto, metrics, nioCore]),
    source("TenancyDomain", ["Kernel", "Caching", nioCore]),
    source("CatalogDomain", ["Kernel", "Caching"]),
    source("AvailabilityDomain", ["Kernel", "Caching"]),
    source("BookingsDomain", ["Kernel", "Caching"]),

    // Clients of the two servers. They know nothing of the catalog and could be published alone.
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    source("RedisClient", ["CHiredis", logging, nioCore, nioPosix, nioSSL]),
    .systemLibrary(name: "CLibPQ", providers: [.apt(["libpq-dev"])]),
    source("PostgresClient", ["CLibPQ", collections, logging]),

    // Adapters: technology. They never import each other.
    source(
      "InMemoryAdapter",
      ["Kernel", "Caching", "TenancyDomain", "CatalogDomain", "AvailabilityDomain", "BookingsDomain", nioCore]),
    source(
      "HTTPAdapter",
      [
        "Kernel", "Caching", "TenancyDomain", "CatalogDomain", "AvailabilityDomain", "BookingsDomain", "Observability",
        hummingbird, hummingbirdCore, httpTypes, logging, nioCore, nioHTTP1, nioHTTPTypes, nioPosix, systemPackage,
      ]),
    source("RedisAdapter", ["Kernel", "Caching", "RedisClient", logging, nioCore]),
    source(
      "PostgresAdapter",
      [
        "Kernel", "Caching", "TenancyDomain", "CatalogDomain", "AvailabilityDomain", "BookingsDomain", "PostgresClient",
        logging,
      ]),
    source("Observability", [logging, metrics]),
    source("TokenAdapter", ["Kernel", "TenancyDomain", jwtKit]),

    // Wiring and the way in.
    source(
      "Bootstrap",
      [
        "Kernel", "Caching", "TenancyDomain", "CatalogDomain", "AvailabilityDomain", "BookingsDomain",
        "InMemoryAdapter", "RedisAdapter", "RedisClient", "PostgresAdapter", "PostgresClient", "HTTPAdapter",
        "Observability", "TokenAdapter", configuration, hummingbird, hummingbirdCore,
        hummingbirdHTTP2,
        logging, metrics, nioCore, nioPosix, nioSSL, nioTLS, serviceLifecycle, systemPackage,
      ]),
    .executableTarget(name: "tenantry", dependencies: ["Bootstrap", argumentParser, logging], swiftSettings: settings),

    // Contract suites and doubles: every adapter of a port runs the same rules.
    source(
      "PortContracts",
      ["Kernel", "Caching", "TenancyDomain", "CatalogDomain", "AvailabilityDomain", "BookingsDomain", "CZlib", nioCore]),

    // Servers that tests start themselves.
    source("TestServers", [nioCore, nioPosix]),

    tests("KernelTests", ["Kernel"]),
    tests("CachingTests", ["Caching", "CProcessor", "InMemoryAdapter", "PortContracts", nioCore]),
    tests("CatalogDomainTests", ["CatalogDomain", "Caching", "Kernel", "InMemoryAdapter", "PortContracts", nioCore]),
    tests(
      "HTTPAdapterTests", ["HTTPAdapter", "CatalogDomain", "Kernel", "PortContracts", httpTypes, nioCore, nioEmbedded]),
    tests("TenancyDomainTests", ["TenancyDomain", "PortContracts"]),
    tests("AvailabilityDomainTests", ["AvailabilityDomain", "PortContracts"]),
    tests("BookingsDomainTests", ["BookingsDomain", "PortContracts"]),
    tests("ObservabilityTests", ["Observability", logging, metrics]),
    tests("AdapterContractTests", ["InMemoryAdapter", "TenancyDomain", "PortContracts"]),
    tests("RedisClientTests", ["RedisClient", "CHiredis", "TestServers", logging, nioCore, nioEmbedded, nioPosix]),
    tests(
      "RedisAdapterTests",
      [
        "RedisAdapter", "RedisClient", "Caching", "Kernel", "TenancyDomain", "InMemoryAdapter", "PortContracts",
        "TestServers", logging,
        nioCore,
      ]),
    tests("PostgresClientTests", ["PostgresClient", "TestServers", logging]),
    tests(
      "PostgresAdapterTests",
      [
        "PostgresAdapter", "PostgresClient", "Kernel", "Caching", "TenancyDomain", "CatalogDomain",
        "AvailabilityDomain",
        "BookingsDomain", "PortContracts", "TestServers", logging,
      ]),
    // Sees only what is public, as somebody who uses the library does.
    .testTarget(
      name: "CachingLibraryTests", dependencies: ["Caching", "Kernel", nioCore], packageAccess: false,
      swiftSettings: settings),
    tests(
      "ServiceTests",
      [
        "Bootstrap", "HTTPAdapter", "PostgresClient", "TestServers", "tenantry", hummingbird, hummingbirdTesting,
        httpTypes, logging, nioCore,
      ]),
    tests("CachingSimulationTests", ["Caching", "Kernel", "InMemoryAdapter", "PortContracts", nioCore]),
    tests("BootstrapTests", ["Bootstrap", "RedisAdapter", "RedisClient", "TestServers", "tenantry"]),
    tests("FleetTests", ["TestServers", "tenantry", hummingbirdTesting, httpTypes, nioCore]),
    tests(
      "IntegrationTests",
      [
        "Bootstrap", "HTTPAdapter", "PortContracts", "TokenAdapter", "TenancyDomain", "TestServers", crypto,
        hummingbird,
        hummingbirdTesting, httpTypes, logging, nioEmbedded, nioPosix, nioSSL,
      ]),
    tests("ArchitectureTests", []),
  ]
)
