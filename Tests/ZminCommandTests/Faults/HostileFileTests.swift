import Foundation
import Glibc
import Testing

/// Files that are made to hurt.
@Suite("Hostile files") struct HostileFileTests {
  /// A directory on a file system whose files may be as long as 64 bits count, nil if there is none.
  private static func roomyDirectory() -> String? {
    var template = Array("/dev/shm/zmin-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard mkdir("\(path)/in", 0o777) == 0 else { return nil }
    for name in ["a.json", "b.json"] {
      let descriptor = open("\(path)/in/\(name)", O_WRONLY | O_CREAT, 0o666)
      defer { close(descriptor) }
      guard ftruncate(descriptor, .max) == 0 else { return nil }
    }
    return path
  }

  @Test(
    "Sparse files with more than 2^63 bytes together are read up to their first error",
    arguments: [
      ("-t a.json b.json", 1), ("--check -v a.json b.json", 1), ("-rt .", 1), ("-ri .", 1),
      ("-r . --output-dir ../out", 1),
      ("-r . --output-dir ../out --shard 0/1 --shard-plan ../plan", 1), ("--mode streaming -t a.json", 1),
      ("a.json -o ../x", 1), ("-j2 -rt . --log json", 1), ("--dry-run -r . --output-dir ../out", 1),
      ("--format ndjson a.json b.json -o ../x", 1), ("--mode streaming -j2 --verify -t a.json", 1),
    ])
  func hugeSizes(_ arguments: String, _ code: Int) throws {
    guard let directory = Self.roomyDirectory() else { return }
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let run = try ZminProgram.shell("cd \(directory)/in && $ZMIN \(arguments); echo $?")
    #expect(run.output.hasSuffix("\(code)\n"), "\(run)")
    #expect(run.errors.contains("NUL bytes, not JSON"), "\(run.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/in").sorted() == ["a.json", "b.json"])
  }
}
