import Foundation
import PackagePlugin

/// Compiles the shaders in `Shaders/` into a Swift source of the target.
@main
struct CompileShaders: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = context.package.directoryURL.appending(path: "Shaders")
    let shaders = try files(in: folder).filter { $0.pathExtension == "comp" }
    let codes = context.package.directoryURL.appending(path: "Sources/CZminSIMD/codes.h")
    let included = try files(in: folder.appending(path: "shared")) + [codes]
    let output = context.pluginWorkDirectoryURL.appending(path: "CompiledShaders.swift")
    return [
      .buildCommand(
        displayName: "Compiling shaders", executable: try context.tool(named: "ShaderCompiler").url,
        arguments: [output.path] + shaders.map(\.path), inputFiles: shaders + included, outputFiles: [output])
    ]
  }

  private func files(in folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }
  }
}
