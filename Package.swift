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
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .target(name: "ZminMemory", swiftSettings: swiftSettings),
    .target(name: "CZminSIMD", cSettings: cSettings),
    .target(name: "ZminCore", dependencies: ["ZminMemory"], swiftSettings: swiftSettings),
    .target(name: "ZminCPU", dependencies: ["CZminSIMD", "ZminCore", "ZminMemory"], swiftSettings: swiftSettings),
    .target(name: "Zmin", dependencies: ["ZminCPU", "ZminCore", "ZminMemory"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "KernelBenchmark",
      dependencies: [
        "Zmin", "ZminCPU", "ZminMemory", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6]
)
