import Foundation
import Testing

/// The targets of the product, from the lowest to the highest: each may import those before it.
///
/// The order is that of the manifest. The library stands below everything that knows files.
@Suite struct LayerTests {
  struct Manifest {
    /// Targets under `Sources`, in the order of the manifest.
    var targets: [String] = []
    /// The targets of this package that each names as dependencies.
    var dependencies: [String: [String]] = [:]
    /// Targets under `Tools` and `Tests`, which may import any of the product's.
    var others: [String] = []

    init() throws {
      let text = try Tree.text(of: "Package.swift")
      let blocks = text.split(separator: /(?:arget|systemLibrary)\(/).dropFirst().map(String.init)
      for block in blocks {
        guard let name = try /name: "(\w+)"/.firstMatch(in: block)?.output.1 else { continue }
        let body = block.components(separatedBy: "\n    .")[0]
        let isCommand = name == "ZminCommand"
        let source = isCommand ? text.components(separatedBy: "let command: Target").first ?? "" : body
        let list =
          isCommand
          ? source.components(separatedBy: "let commandDependencies")[1]
          : body.components(separatedBy: "dependencies: [").dropFirst().first?.components(separatedBy: "]")[0] ?? ""
        dependencies[String(name)] = list.matches(of: /"(C?Zmin\w*)"/).map { String($0.output.1) }
        if targets.contains(String(name)) || others.contains(String(name)) { continue }
        if FileManager.default.fileExists(atPath: Tree.root.appending(path: "Sources/\(name)").path) {
          targets.append(String(name))
        } else {
          others.append(String(name))
        }
      }
      // The manifest defines the program before the list of targets, where it comes last.
      targets.removeAll { $0 == "ZminCommand" }
      targets.append("ZminCommand")
    }
  }

  @Test func everyFolderUnderSourcesIsATargetOfTheManifest() throws {
    let manifest = try Manifest()
    let folders = try FileManager.default.contentsOfDirectory(atPath: Tree.root.appending(path: "Sources").path)
    #expect(Set(folders) == Set(manifest.targets))
  }

  @Test func theManifestLetsEachTargetImportOnlyThoseBeforeIt() throws {
    let manifest = try Manifest()
    for (index, target) in manifest.targets.enumerated() {
      let dependencies = try #require(manifest.dependencies[target])
      for dependency in dependencies where !["CZminVulkan", "CZminSIMD"].contains(dependency) {
        #expect(manifest.targets[..<index].contains(dependency), "\(target) depends on \(dependency)")
      }
    }
  }

  @Test func everyImportIsOneThatTheManifestNames() throws {
    let manifest = try Manifest()
    for target in manifest.targets + manifest.others {
      let dependencies = try #require(manifest.dependencies[target])
      let folders = ["Sources", "Tests", "Tools"].map { "\($0)/\(target)" }
      for file in folders.flatMap({ Tree.files(below: $0, suffixes: [".swift"]) }) {
        let imports = try Tree.text(of: file).matches(of: /(?m)^(?:@\w+(?:\(\w+\))? )*(?:\w+ )?import (C?Zmin\w*)/)
        for name in imports.map({ String($0.output.1) }) {
          #expect(dependencies.contains(name), "\(file) imports \(name)")
        }
      }
    }
  }

  @Test(arguments: ["ZminBase", "ZminMemory", "ZminCore", "ZminCPU", "ZminEngine", "Zmin"])
  func theLibraryKnowsNoFiles(_ target: String) throws {
    for file in Tree.files(below: "Sources/\(target)", suffixes: [".swift"]) {
      let text = try Tree.text(of: file)
      for name in ["ZminIO", "ZminFiles", "SystemPackage", "Foundation", "ZminVulkan"] {
        #expect(!text.contains("import \(name)\n"), "\(file) imports \(name)")
      }
    }
  }
}
