import Glibc
import SystemPackage
import ZminIO

let isRoot = geteuid() == 0

/// True if the file system of the tests supports user attributes.
let canUseAttributes: Bool = {
  guard let directory = try? TemporaryDirectory(), let path = try? directory.make("probe", "") else { return false }
  return (try? setAttribute("user.probe", of: path, to: "1")) != nil
}()

func setAttribute(_ name: String, of path: FilePath, to value: String) throws {
  try setAttribute(name, of: path, to: Array(value.utf8))
}

func setAttribute(_ name: String, of path: FilePath, to value: [UInt8]) throws {
  let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
  try descriptor.closeAfter {
    try value.withUnsafeBytes { try LinuxSystemCalls().setAttribute(name, of: descriptor.rawValue, to: $0) }
  }
}

/// Nil if there is none.
func attribute(_ name: String, of path: FilePath) -> [UInt8]? {
  var value = [UInt8](repeating: 0, count: 1000)
  guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return nil }
  defer { try? descriptor.close() }
  let count = value.withUnsafeMutableBytes { buffer in
    try? LinuxSystemCalls().attribute(name, of: descriptor.rawValue, into: buffer)
  }
  return count.map { Array(value[..<$0]) }
}

/// An access control list in the form of the kernel: owner rw, user 4343 r, group r, mask r, others nothing.
let accessControlList: [UInt8] = {
  let entries: [(tag: UInt8, permissions: UInt8, id: UInt32)] = [
    (0x01, 6, .max), (0x02, 4, 4343), (0x04, 4, .max), (0x10, 4, .max), (0x20, 0, .max),
  ]
  return [2, 0, 0, 0]
    + entries.flatMap { entry in
      [entry.tag, 0, entry.permissions, 0] + (0..<4).map { UInt8(truncatingIfNeeded: entry.id >> (8 * $0)) }
    }
}()
