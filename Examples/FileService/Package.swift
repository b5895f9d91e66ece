// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "FileService",
  dependencies: [
    .package(name: "zmin", path: "../.."),
    .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
  ],
  targets: [
    .executableTarget(
      name: "FileService",
      dependencies: [.product(name: "Zmin", package: "zmin"), .product(name: "FlyingFox", package: "FlyingFox")],
      swiftSettings: [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
