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

let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "zmin",
  dependencies: [
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1")
  ],
  targets: [
    .target(name: "ZminMemory", swiftSettings: swiftSettings),
    .systemLibrary(name: "CZminIO"),
    .target(name: "ZminIO", dependencies: ["CZminIO", systemPackage], swiftSettings: swiftSettings),
    .testTarget(name: "ZminIOTests", dependencies: ["ZminIO", systemPackage], swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6]
)
