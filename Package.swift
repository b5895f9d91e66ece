// swift-tools-version: 6.2
import PackageDescription

/// `scripts/fuzz` sets it: all that is to be fuzzed is built so that libFuzzer sees which ways it goes.
let isFuzzing = Context.environment["ZMIN_FUZZ"] != nil

let toolSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let swiftSettings = toolSettings + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer"])] : [])

let warningSettings: [CSetting] = [
  .treatAllWarnings(as: .error),
  .enableWarning("all"),
  .enableWarning("extra"),
  .enableWarning("conversion"),
]

/// Every expression that the compiler cannot vouch for says so.
let strictSettings = swiftSettings + [.strictMemorySafety()]

let cSettings = warningSettings + (isFuzzing ? [.unsafeFlags(["-fsanitize=fuzzer-no-link"])] : [])

// `scripts/quickstart` says which commit it builds. SwiftPM's own git information is cached across commits.
let versionSettings: [CSetting] =
  Context.environment["ZMIN_COMMIT"].map { [.define("ZMIN_COMMIT", to: "\"\($0)\"")] } ?? []

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let commandDependencies: [Target.Dependency] = [
  "BenchmarkSupport", "CZminArguments", "CZminVersion", "Zmin", "ZminBench", "ZminCPU", "ZminCore", "ZminGPU", "ZminIO",
  "ZminMemory",
  "ZminMemoryProfile",
  "ZminReport",
  "ZminVulkan", argumentParser, systemPackage,
]

// A program cannot be linked into another one, so a fuzzer has it as a library, whose `main` is called otherwise.
let command: Target =
  isFuzzing
  ? .target(
    name: "ZminCommand", dependencies: commandDependencies,
    swiftSettings: swiftSettings + [
      .unsafeFlags(["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "ZminCommand_main"])
    ])
  : .executableTarget(name: "ZminCommand", dependencies: commandDependencies, swiftSettings: swiftSettings)

let package = Package(
  name: "zmin",
  products: [.library(name: "Zmin", targets: ["Zmin"])]
    + (isFuzzing ? [] : [.executable(name: "zmin", targets: ["ZminCommand"])]),
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .target(name: "CZminSIMD", cSettings: cSettings),
    .systemLibrary(name: "CZminIO"),
    .target(name: "CZminArguments", cSettings: cSettings),
    .target(name: "CZminVersion", cSettings: cSettings + versionSettings),
    .target(name: "ZminMemory", swiftSettings: strictSettings),
    .target(name: "ZminCore", dependencies: ["ZminMemory"], swiftSettings: strictSettings),
    .target(name: "ZminCPU", dependencies: ["CZminSIMD", "ZminCore", "ZminMemory"], swiftSettings: strictSettings),
    .target(name: "ZminIO", dependencies: ["CZminIO", systemPackage], swiftSettings: swiftSettings),
    .plugin(
      name: "CompileShaders", capability: .buildTool(), dependencies: ["ShaderCompiler"],
      path: "Sources/Plugins/CompileShaders"),
    .executableTarget(name: "ShaderCompiler", swiftSettings: toolSettings),
    .systemLibrary(name: "CZminVulkan"),
    .target(
      name: "ZminVulkan", dependencies: ["CZminVulkan", "ZminMemory"], swiftSettings: swiftSettings,
      plugins: ["CompileShaders"]),
    .target(name: "ZminReport", swiftSettings: strictSettings),
    .target(
      name: "ZminGPU",
      dependencies: ["Zmin", "ZminCPU", "ZminCore", "ZminIO", "ZminMemory", "ZminVulkan", systemPackage],
      swiftSettings: swiftSettings),
    .target(
      name: "Zmin", dependencies: ["CZminIO", "ZminCPU", "ZminCore", "ZminIO", "ZminMemory", systemPackage],
      swiftSettings: swiftSettings),
    .target(
      name: "ZminMemoryProfile", dependencies: ["Zmin", "ZminIO", "ZminMemory", "ZminReport", systemPackage],
      swiftSettings: swiftSettings),
    command,
    .target(
      name: "ZminBench",
      dependencies: [
        "BenchmarkSupport", "Zmin", "ZminCPU", "ZminCore", "ZminGPU", "ZminIO", "ZminMemory", "ZminReport",
        "ZminVulkan", systemPackage,
      ],
      swiftSettings: swiftSettings),
    .target(name: "BenchmarkSupport", swiftSettings: swiftSettings),
    .executableTarget(
      name: "DeviceBenchmark",
      dependencies: [
        "BenchmarkSupport", "Zmin", "ZminCPU", "ZminCore", "ZminGPU", "ZminMemory", "ZminVulkan", argumentParser,
      ],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "KernelBenchmark",
      dependencies: [
        "BenchmarkSupport", "Zmin", "ZminBench", "ZminCPU", "ZminCore", "ZminIO", "ZminMemory", argumentParser,
      ],
      swiftSettings: swiftSettings),

    // The code of the article "Using zmin as a library", compiled as a user's would be: `import Zmin` is all it has.
    .target(
      name: "ZminExamples", dependencies: ["Zmin"], path: "Examples/Snippets", packageAccess: false,
      swiftSettings: swiftSettings),
    .target(
      name: "ZminTestSupport", dependencies: ["Zmin", "ZminCPU", "ZminCore", "ZminIO", "ZminMemory", systemPackage],
      path: "Tests/ZminTestSupport",
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminCoreTests", dependencies: ["ZminCore", "ZminMemory", "ZminTestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminTests",
      dependencies: [
        "Zmin", "ZminCPU", "ZminCore", "ZminExamples", "ZminIO", "ZminMemory", "ZminTestSupport", systemPackage,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminCommandTests",
      dependencies: [
        "ZminCommand", "ZminCPU", "ZminGPU", "ZminIO", "ZminMemory", "ZminTestSupport", argumentParser, systemPackage,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminBenchTests",
      dependencies: [
        "BenchmarkSupport", "Zmin", "ZminBench", "ZminCPU", "ZminCore", "ZminIO", "ZminReport", systemPackage,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminGPUTests", dependencies: ["ZminGPU", "ZminIO", "ZminTestSupport", "ZminVulkan", systemPackage],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminMemoryProfileTests",
      dependencies: ["ZminIO", "ZminMemory", "ZminMemoryProfile", "ZminReport", systemPackage],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminReportTests", dependencies: ["ZminReport", "ZminTestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminVulkanTests",
      dependencies: [
        "BenchmarkSupport", "Zmin", "ZminCPU", "ZminCore", "ZminGPU", "ZminMemory", "ZminTestSupport", "ZminVulkan",
        systemPackage,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminIOTests", dependencies: ["ZminIO", "ZminTestSupport", systemPackage], swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6]
)

if isFuzzing {
  package.targets += [
    .systemLibrary(name: "CLibFuzzer", path: "Tests/CLibFuzzer"),
    .executableTarget(
      name: "ZminFuzz",
      dependencies: [
        "CLibFuzzer", "Zmin", "ZminCPU", "ZminCommand", "ZminCore", "ZminGPU", "ZminIO", "ZminMemory",
        "ZminTestSupport",
        "ZminVulkan", systemPackage,
      ],
      path: "Tests/ZminFuzz", exclude: ["Corpora"], swiftSettings: swiftSettings),
  ]
}
