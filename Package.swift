// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  // Generic types are made by their functions, and not from a name that the runtime takes apart while it looks
  // for conformances among all there are: a fifth of a small run.
  .unsafeFlags(
    ["-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors"],
    .when(configuration: .release)),
]

let package = Package(
  name: "LoadBooks",
  platforms: [.macOS("26.0")],
  products: [
    .executable(name: "loadbooks", targets: ["loadbooks"]),
    .executable(name: "quickbooks-sandbox", targets: ["quickbooks-sandbox"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CXML2", pkgConfig: "libxml-2.0",
      providers: [.apt(["libxml2-dev"]), .brew(["libxml2"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(name: "CBytes"),
    .target(
      name: "Vocabulary",
      dependencies: ["CBytes", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "Sheets", dependencies: ["Vocabulary", "CBytes", "CXML2", "CZlib"]),
    .target(name: "LoadOps", dependencies: ["Vocabulary", "Sheets", "CBytes"]),
    .target(name: "QuickBooks", dependencies: ["Vocabulary", "Sheets", "CBytes", "CXML2"]),
    .target(
      name: "QuickBooksOnline",
      dependencies: [
        "Vocabulary", "QuickBooks",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    .target(
      name: "Ledger",
      dependencies: ["Vocabulary", .product(name: "GRDB", package: "GRDB.swift")]),
    .target(
      name: "Sync",
      dependencies: [
        "Vocabulary", "Sheets", "LoadOps", "QuickBooks", "QuickBooksOnline", "Ledger",
        .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "DropFolder",
      dependencies: [
        "Vocabulary", "Ledger", "Sync", .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "loadbooks",
      dependencies: [
        "Vocabulary", "LoadOps", "QuickBooks", "QuickBooksOnline", "Ledger", "Sync",
        "DropFolder",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "QuickBooksSandbox",
      dependencies: [
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
    .executableTarget(
      name: "quickbooks-sandbox",
      dependencies: [
        "QuickBooksSandbox",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "TestSupport", dependencies: ["Vocabulary", "CXML2", "CZlib"], path: "Tests/TestSupport"
    ),
    .testTarget(name: "VocabularyTests", dependencies: ["Vocabulary", "TestSupport"]),
    .testTarget(name: "SheetsTests", dependencies: ["Sheets", "Vocabulary", "TestSupport"]),
    .testTarget(
      name: "LoadOpsTests", dependencies: ["LoadOps", "Sheets", "Vocabulary", "TestSupport"]),
    .testTarget(
      name: "QuickBooksTests", dependencies: ["QuickBooks", "Vocabulary", "TestSupport"]),
    .testTarget(
      name: "QuickBooksOnlineTests",
      dependencies: ["QuickBooksOnline", "QuickBooks", "Vocabulary", "TestSupport"]),
    .testTarget(
      name: "QuickBooksSandboxTests", dependencies: ["QuickBooksSandbox", "quickbooks-sandbox"]),
    .testTarget(
      name: "LedgerTests", dependencies: ["Ledger", "Vocabulary", "TestSupport"],
      exclude: ["OldLedgers"]),
    .testTarget(
      name: "SyncTests",
      dependencies: [
        "Sync", "Ledger", "LoadOps", "QuickBooks", "QuickBooksOnline", "Sheets", "Vocabulary",
        "TestSupport",
      ]),
    .testTarget(
      name: "DropFolderTests",
      dependencies: [
        "DropFolder", "Sync", "Ledger", "Vocabulary", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "SampleTests",
      dependencies: [
        "loadbooks", "Sync", "Ledger", "LoadOps", "QuickBooks", "Sheets", "Vocabulary",
        "TestSupport",
      ]),
  ]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + settings
}
