// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let cSettings: [CSetting] = [
  .treatAllWarnings(as: .error),
  .enableWarning("all"),
  .enableWarning("extra"),
  .enableWarning("conversion"),
]

let package = Package(
  name: "zmin",
  targets: [
    .target(name: "ZminMemory", swiftSettings: swiftSettings),
    .target(name: "ZminCore", dependencies: ["ZminMemory"], swiftSettings: swiftSettings),
    .target(
      name: "ZminTestSupport", dependencies: ["ZminCore"], path: "Tests/ZminTestSupport",
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminCoreTests", dependencies: ["ZminCore", "ZminMemory", "ZminTestSupport"],
      swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6]
)
