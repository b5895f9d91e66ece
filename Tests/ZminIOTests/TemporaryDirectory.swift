import Glibc
import SystemPackage
import Testing
import ZminIO

/// A directory that a test may fill, removed with its owner.
final class TemporaryDirectory: Sendable {
  let path: FilePath

  init(in parent: FilePath = "/tmp") throws {
    var template = Array(parent.appending("zmin-io-test-XXXXXX").string.utf8CString)
    guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    path = FilePath(platformString: template)
  }

  deinit {
    Self.remove(path)
  }

  private static func remove(_ path: FilePath) {
    // A file, a link or an empty directory goes at once.
    if path.withPlatformString({ Glibc.remove($0) }) == 0 || errno != ENOTEMPTY { return }
    for name in entries(of: path) { remove(path.appending(name)) }
    _ = path.withPlatformString { rmdir($0) }
  }

  func path(_ name: String) -> FilePath { path.appending(name) }

  /// All entries, sorted.
  var names: [String] { Self.entries(of: path).map(\.string).sorted() }

  private static func entries(of path: FilePath) -> [FilePath.Component] {
    guard let stream = path.withPlatformString({ opendir($0) }) else { return [] }
    defer { closedir(stream) }
    var names: [FilePath.Component] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { FilePath.Component(platformString: $0) }
      }
      if let name, name.kind == .regular { names.append(name) }
    }
    return names
  }

  /// Makes a file.
  @discardableResult
  func make(_ name: String, _ text: String, mode: mode_t = 0o644) throws -> FilePath {
    try make(path(name), text, mode: mode)
  }

  @discardableResult
  func make(_ file: FilePath, _ text: String, mode: mode_t = 0o644) throws -> FilePath {
    let descriptor = try FileDescriptor.open(
      file, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
    try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
    #expect(file.withPlatformString { chmod($0, mode) } == 0)
    return file
  }

  /// A file's text; nil if there is none.
  func content(of name: String) -> String? {
    content(of: path(name))
  }

  func content(of file: FilePath) -> String? {
    guard let descriptor = try? FileDescriptor.open(file, .readOnly, options: .closeOnExec) else { return nil }
    defer { try? descriptor.close() }
    return descriptor.text
  }

  func symbolicLink(_ name: String, to target: String) {
    #expect(path(name).withPlatformString { symlink(target, $0) } == 0)
  }

  func fifo(_ name: String) -> FilePath {
    #expect(path(name).withPlatformString { mkfifo($0, 0o600) } == 0)
    return path(name)
  }

  /// What the system says about an entry, a link not followed.
  func status(_ name: String) -> stat {
    var status = stat()
    #expect(path(name).withPlatformString { lstat($0, &status) } == 0)
    return status
  }
}

extension FileDescriptor {
  /// All that is left to read.
  var text: String {
    var bytes: [UInt8] = []
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
      while let count = try? read(into: buffer), count > 0 { bytes += buffer[..<count] }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension OutputFile {
  mutating func write(text: String) throws(FileError) {
    try write(bytes: Array(text.utf8))
  }

  mutating func write(bytes: [UInt8]) throws(FileError) {
    var result: Result<Void, FileError> = .success(())
    bytes.withUnsafeBytes { buffer in
      do throws(FileError) { try write(buffer) } catch { result = .failure(error) }
    }
    try result.get()
  }
}

extension FileReader {
  func checkUnchanged() throws(FileError) { try file.checkUnchanged(after: extent) }

  func checkReadInFull() throws(FileError) { try file.checkReadInFull(extent) }

  /// All that is left, read through windows of `windowBytes`.
  mutating func readText(windowBytes: Int = 1 << 16) throws(FileError) -> String {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: windowBytes, alignment: 1)
    defer { buffer.deallocate() }
    var bytes: [UInt8] = []
    while true {
      let count = try read(into: buffer)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }
}

/// Writes a whole output.
func write(
  _ text: String, to path: FilePath, using access: FileAccess = FileAccess(), sync: SyncPolicy = .automatic
) throws(FileError) {
  var output = try OutputFile(at: path, using: access, sync: sync)
  try output.write(text: text)
  try output.commit()
}

/// The error that `body` throws; nil if it throws none.
func fileError(_ body: () throws(FileError) -> Void) -> FileError? {
  do throws(FileError) {
    try body()
    return nil
  } catch {
    return error
  }
}
