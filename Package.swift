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
  "CZminSystem", "ZminBase", "ZminBench", "ZminCPU", "ZminCodec", "ZminCore", "ZminEngine", "ZminFiles", "ZminIO",
  "ZminMemory", "ZminMemoryProfile", "ZminReport", "ZminVulkan", "ZminVulkanEngine", argumentParser, systemPackage,
]

// A program cannot be linked into another one, so a fuzzer has it as a library, whose `main` is called otherwise.
let command: Target =
  isFuzzing
  ? .target(
    name: "ZminCommand", dependencies: commandDependencies, exclude: ["README.md"],
    swiftSettings: swiftSettings + [
      .unsafeFlags(["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "ZminCommand_main"])
    ])
  : .executableTarget(
    name: "ZminCommand", dependencies: commandDependencies, exclude: ["README.md"], swiftSettings: swiftSettings)

let package = Package(
  name: "zmin",
  products: [
    .library(name: "Zmin", targets: ["Zmin"]), .library(name: "ZminFoundation", targets: ["ZminFoundation"]),
  ]
    + (isFuzzing ? [] : [.executable(name: "zmin", targets: ["ZminCommand"])]),
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  // Each target imports those above it only.
  targets: [
    .target(name: "CZminSystem", exclude: ["README.md"], cSettings: cSettings + versionSettings),
    .target(name: "ZminBase", dependencies: ["CZminSystem"], exclude: ["README.md"], swiftSettings: strictSettings),
    .target(name: "ZminMemory", dependencies: ["ZminBase"], exclude: ["README.md"], swiftSettings: strictSettings),
    .target(name: "ZminCore", dependencies: ["ZminMemory"], exclude: ["README.md"], swiftSettings: strictSettings),
    .target(name: "CZminSIMD", exclude: ["README.md"], cSettings: cSettings),
    .target(
      name: "ZminCPU", dependencies: ["CZminSIMD", "ZminCore", "ZminMemory"], exclude: ["README.md"],
      swiftSettings: strictSettings),
    .target(
      name: "ZminEngine", dependencies: ["ZminBase", "ZminCPU", "ZminCore", "ZminMemory"],
      exclude: ["README.md"], swiftSettings: swiftSettings),
    .target(
      name: "Zmin", dependencies: ["ZminCore", "ZminEngine", "ZminMemory"], exclude: ["README.md"],
      swiftSettings: swiftSettings),
    .target(
      name: "ZminFoundation", dependencies: ["Zmin"], exclude: ["README.md"], swiftSettings: swiftSettings),
    .target(
      name: "ZminIO", dependencies: ["CZminSystem", "ZminBase", systemPackage], exclude: ["README.md"],
      swiftSettings: swiftSettings),
    .systemLibrary(name: "CZminCodec"),
    .target(
      name: "ZminCodec", dependencies: ["CZminCodec", "CZminSystem", "ZminBase", "ZminEngine", "ZminMemory"],
      exclude: ["README.md"], swiftSettings: swiftSettings),
    .target(name: "ZminReport", dependencies: ["ZminBase"], exclude: ["README.md"], swiftSettings: strictSettings),
    .target(
      name: "ZminFiles",
      dependencies: [
        "ZminBase", "ZminCodec", "ZminCore", "ZminEngine", "ZminIO", "ZminMemory", "ZminReport", systemPackage,
      ],
      exclude: ["README.md"], swiftSettings: swiftSettings),
    .systemLibrary(name: "CZminVulkan"),
    .target(
      name: "ZminVulkan", dependencies: ["CZminVulkan", "ZminMemory"], exclude: ["README.md"],
      swiftSettings: swiftSettings,
      plugins: ["CompileShaders"]),
    .target(
      name: "ZminVulkanEngine",
      dependencies: [
        "ZminBase", "ZminCPU", "ZminCore", "ZminEngine", "ZminIO", "ZminMemory", "ZminVulkan", systemPackage,
      ],
      exclude: ["README.md"], swiftSettings: swiftSettings),
    .target(
      name: "ZminMemoryProfile",
      dependencies: ["ZminBase", "ZminEngine", "ZminFiles", "ZminIO", "ZminMemory", "ZminReport", systemPackage],
      exclude: ["README.md"], swiftSettings: swiftSettings),
    .target(
      name: "ZminBench",
      dependencies: [
        "ZminBase", "ZminCPU", "ZminCodec", "ZminCore", "ZminEngine", "ZminFiles", "ZminIO", "ZminMemory",
        "ZminReport", "ZminVulkan", "ZminVulkanEngine", systemPackage,
      ],
      exclude: ["README.md"], swiftSettings: swiftSettings),
    command,

    .plugin(
      name: "CompileShaders", capability: .buildTool(), dependencies: ["ShaderCompiler"],
      path: "Tools/CompileShaders"),
    .executableTarget(name: "ShaderCompiler", path: "Tools/ShaderCompiler", swiftSettings: toolSettings),
    .executableTarget(
      name: "DeviceBenchmark",
      dependencies: [
        "ZminBase", "ZminBench", "ZminCPU", "ZminCore", "ZminEngine", "ZminMemory", "ZminVulkan", "ZminVulkanEngine",
        argumentParser,
      ],
      path: "Tools/DeviceBenchmark", swiftSettings: swiftSettings),
    .executableTarget(
      name: "KernelBenchmark",
      dependencies: [
        "Zmin", "ZminBench", "ZminCPU", "ZminCore", "ZminEngine", "ZminIO", "ZminMemory", argumentParser,
      ],
      path: "Tools/KernelBenchmark", swiftSettings: swiftSettings),

    // The code of the article "Using zmin as a library", compiled as a user's would be: `import Zmin` is all it has.
    .target(
      name: "ZminExamples", dependencies: ["Zmin"], path: "Examples/Snippets", packageAccess: false,
      swiftSettings: swiftSettings),
    .target(
      name: "ZminTestSupport",
      dependencies: ["ZminCPU", "ZminCore", "ZminEngine", "ZminIO", "ZminMemory", systemPackage],
      path: "Tests/ZminTestSupport", swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminCoreTests", dependencies: ["ZminCore", "ZminMemory", "ZminTestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminEngineTests",
      dependencies: [
        "CZminSIMD", "ZminCPU", "ZminCore", "ZminEngine", "ZminMemory", "ZminTestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminTests",
      dependencies: [
        "Zmin", "ZminCPU", "ZminCore", "ZminEngine", "ZminExamples", "ZminFoundation", "ZminTestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminCodecTests",
      dependencies: ["CZminCodec", "ZminCodec", "ZminEngine", "ZminMemory", "ZminTestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminIOTests", dependencies: ["ZminIO", "ZminTestSupport", systemPackage],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminFilesTests",
      dependencies: [
        "ZminCodec", "ZminCore", "ZminEngine", "ZminFiles", "ZminIO", "ZminMemory", "ZminTestSupport", systemPackage,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminVulkanTests",
      dependencies: [
        "ZminBench", "ZminCPU", "ZminCore", "ZminEngine", "ZminMemory", "ZminTestSupport", "ZminVulkan",
        "ZminVulkanEngine", systemPackage,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminVulkanEngineTests",
      dependencies: ["ZminIO", "ZminTestSupport", "ZminVulkan", "ZminVulkanEngine", systemPackage],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminReportTests", dependencies: ["ZminBase", "ZminReport", "ZminTestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminMemoryProfileTests",
      dependencies: ["ZminBase", "ZminIO", "ZminMemory", "ZminMemoryProfile", "ZminReport", systemPackage],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminBenchTests",
      dependencies: [
        "Zmin", "ZminBench", "ZminCPU", "ZminCore", "ZminEngine", "ZminIO", "ZminReport", systemPackage,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ZminCommandTests",
      dependencies: [
        "ZminCPU", "ZminCommand", "ZminCore", "ZminEngine", "ZminFiles", "ZminIO", "ZminMemory", "ZminMemoryProfile",
        "ZminTestSupport", "ZminVulkanEngine", argumentParser, systemPackage,
      ],
      exclude: ["Golden"], swiftSettings: swiftSettings),
    // What a machine can check of the tree itself.
    .testTarget(name: "TidyTests", swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6]
)

if isFuzzing {
  package.targets += [
    .systemLibrary(name: "CLibFuzzer", path: "Tests/CLibFuzzer"),
    .executableTarget(
      name: "ZminFuzz",
      dependencies: [
        "CLibFuzzer", "ZminCPU", "ZminCodec", "ZminCommand", "ZminCore", "ZminEngine", "ZminFiles",
        "ZminIO", "ZminMemory", "ZminTestSupport", "ZminVulkan", "ZminVulkanEngine", systemPackage,
      ],
      path: "Tests/ZminFuzz", exclude: ["Corpora"], swiftSettings: swiftSettings),
  ]
}
