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
    .target(name: "CZminSIMD", cSettings: cSettings),
    .target(name: "ZminMemory", swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6]
)
