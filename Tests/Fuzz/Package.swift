// swift-tools-version: 6.2
import PackageDescription

// A package of its own: a fuzz target has no main function, which would break `swift test` of the other
// one. The modules are the real ones, reached through links, and every line of them is instrumented.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let readers: [Target.Dependency] = ["Vocabulary", "Sheets", "LoadOps", "FuzzSupport"]

let package = Package(
  name: "Fuzz",
  platforms: [.macOS("26.0")],
  targets: [
    .systemLibrary(name: "CXML2", path: "Modules/CXML2", pkgConfig: "libxml-2.0"),
    .systemLibrary(name: "CZlib", path: "Modules/CZlib", pkgConfig: "zlib"),
    .systemLibrary(name: "CBytes", path: "Modules/CBytes"),
    .target(name: "Crypto"),
    .target(
      name: "Vocabulary", dependencies: ["CBytes", "Crypto"], path: "Modules/Vocabulary",
      exclude: ["Vocabulary.docc"]),
    .target(
      name: "Sheets", dependencies: ["Vocabulary", "CBytes", "CXML2", "CZlib"],
      path: "Modules/Sheets",
      exclude: ["Sheets.docc"]),
    .target(
      name: "LoadOps", dependencies: ["Vocabulary", "Sheets", "CBytes"], path: "Modules/LoadOps",
      exclude: ["LoadOps.docc"]),
    .target(name: "FuzzSupport", dependencies: ["Vocabulary", "Sheets", "LoadOps", "CZlib"]),
    .executableTarget(name: "FuzzCSV", dependencies: readers),
    .executableTarget(name: "FuzzJSON", dependencies: readers),
    .executableTarget(name: "FuzzXLSX", dependencies: readers),
    .executableTarget(name: "FuzzValues", dependencies: readers),
  ]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = settings
  if target.type == .executable {
    target.swiftSettings?.append(.unsafeFlags(["-parse-as-library"]))
  }
}
