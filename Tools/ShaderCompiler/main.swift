import Foundation

// Compiles GLSL shaders to SPIR-V with glslangValidator, and writes a Swift source with the words.
//
// ShaderCompiler OUTPUT SHADER...

let arguments = CommandLine.arguments.dropFirst()
guard let output = arguments.first else { fail("usage: ShaderCompiler OUTPUT SHADER...") }

var source = "// SPIR-V of the shaders, in hexadecimal, eight digits a word.\n\nenum CompiledShaders {\n"
for shader in arguments.dropFirst().map({ URL(filePath: $0) }) {
  let name = shader.deletingPathExtension().lastPathComponent
  source += "  static let \(name): StaticString = \"\(try compile(shader))\"\n"
}
try (source + "}\n").write(toFile: output, atomically: true, encoding: .utf8)

func compile(_ shader: URL) throws -> String {
  let binary = URL(filePath: output).deletingLastPathComponent()
    .appending(path: shader.lastPathComponent + ".spv")
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [
    "glslangValidator", "--quiet", "-V", "--target-env", "vulkan1.1",
    "-I" + shader.deletingLastPathComponent().path, "-o", binary.path, shader.path,
  ]
  try process.run()
  process.waitUntilExit()
  if process.terminationStatus == 127 {
    fail("glslangValidator is not installed; run: apt-get install glslang-tools libvulkan-dev")
  }
  guard process.terminationStatus == 0 else { fail("\(shader.lastPathComponent): cannot compile the shader") }
  let bytes = [UInt8](try Data(contentsOf: binary))
  try FileManager.default.removeItem(at: binary)
  return stride(from: 0, to: bytes.count, by: 4).map { index in
    let word = bytes[index..<index + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }.joined()
}

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("error: \(message)\n".utf8))
  exit(1)
}
