import Glibc
import SystemPackage
import Testing
import ZminIO
import ZminTestSupport

@Suite struct MachineLimitsTests {
  /// A machine of eight processors, made of a few files.
  private struct Machine {
    /// Text by path below the root.
    var files: [String: String] = [:]
    var calls = FaultyCalls.Plan(processorMask: [0xFF])

    /// The limits of the machine.
    func limits() throws -> MachineLimits { try limits(FaultyCalls(calls)) }

    func limits(_ calls: FaultyCalls) throws -> MachineLimits {
      let directory = try TemporaryDirectory()
      for (name, text) in files {
        let path = directory.path.appending(name)
        directory.makeDirectories(above: path)
        try directory.make(path, text)
      }
      return MachineLimits(using: FileAccess(calls: calls), root: directory.path)
    }
  }

  private static let unlimited = "9223372036854771712\n"
  private static let memory = "MemTotal:       24683744 kB\nMemFree:        22894000 kB\n"

  /// A machine with version 2 only. Files are named below its mount.
  private static func unified(_ group: String, root: String = "/", _ files: [String: String]) -> Machine {
    var machine = Machine()
    machine.files = [
      "proc/self/cgroup": "0::\(group)\n",
      "proc/self/mountinfo": """
      22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
      30 22 0:26 \(root) /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate

      """,
    ]
    for (name, text) in files { machine.files["sys/fs/cgroup/\(name)"] = text }
    return machine
  }

  /// A machine with version 1 for processors and memory, and version 2 beside them without controllers.
  private static func hybrid(_ group: String, root: String = "/", _ files: [String: String]) -> Machine {
    var machine = Machine()
    machine.files = [
      "proc/self/cgroup": "9:name=systemd:\(group)\n4:memory:\(group)\n2:cpu,cpuacct:\(group)\n0::\(group)\n",
      "proc/self/mountinfo": """
      31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
      32 31 0:29 \(root) /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 master:2 - cgroup cgroup rw,cpu,cpuacct
      35 31 0:32 \(root) /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
      40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
      41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw

      """,
    ]
    for (name, text) in files { machine.files["sys/fs/cgroup/\(name)"] = text }
    return machine
  }

  @Test func missingFilesAreNoLimit() throws {
    #expect(
      try Machine().limits() == MachineLimits(processorCount: 8, memoryBytes: nil, physicalMemoryBytes: .max))
  }

  @Test func thisMachineAnswers() {
    let limits = MachineLimits()
    #expect((1...sysconf(Int32(_SC_NPROCESSORS_CONF))).contains(limits.processorCount))
    #expect((1 << 26..<1 << 50).contains(limits.physicalMemoryBytes))
  }

  @Test func physicalMemoryIsTheTotal() throws {
    #expect(try Machine(files: ["proc/meminfo": Self.memory]).limits().physicalMemoryBytes == 24_683_744 * 1024)
  }

  @Test(arguments: [
    "", "MemTotal:", "MemTotal: x kB", "MemTotal: 9223372036854775807 kB", "MemTotal: 0 kB", "\0\u{FF}",
  ])
  func malformedMemoryIsUnknown(_ text: String) throws {
    #expect(try Machine(files: ["proc/meminfo": text]).limits().physicalMemoryBytes == .max)
  }

  @Test(arguments: [([0x01], 1), ([0x05], 2), ([UInt8](repeating: 0xFF, count: 1024), 8192), ([], 1)])
  func processorsAreThoseOfTheMask(_ mask: [UInt8], processorCount: Int) throws {
    #expect(try Machine(calls: .init(processorMask: mask)).limits().processorCount == processorCount)
  }

  @Test(arguments: [
    ("max 100000\n", 8), ("100000 100000\n", 1), ("150000 100000\n", 2), ("200000 100000\n", 2),
    ("1000 100000\n", 1), ("10000000 100000\n", 8), ("9223372036854775807 1\n", 8),
    ("", 8), ("max", 8), ("0 100000", 8), ("-1 100000", 8), ("100000 0", 8), ("1 2 3", 8), ("x y", 8),
    ("100000 100000\n100000 100000\n", 8),
  ])
  func quotaOfVersion2(_ text: String, processorCount: Int) throws {
    #expect(try Self.unified("/job", ["job/cpu.max": text]).limits().processorCount == processorCount)
  }

  @Test(arguments: [
    ("-1\n", "100000\n", 8), ("150000\n", "100000\n", 2), ("1000\n", "100000\n", 1), ("50000\n", "25000\n", 2),
    ("150000\n", "", 8), ("", "100000\n", 8), ("x\n", "100000\n", 8),
  ])
  func quotaOfVersion1(_ quota: String, period: String, processorCount: Int) throws {
    let machine = Self.hybrid(
      "/job",
      ["cpu,cpuacct/job/cpu.cfs_quota_us": quota, "cpu,cpuacct/job/cpu.cfs_period_us": period])
    #expect(try machine.limits().processorCount == processorCount)
  }

  @Test(arguments: [
    ("max\n", nil), ("104857600\n", 104_857_600), ("104857600", 104_857_600), ("", nil), ("1 2\n", nil),
    ("-1\n", nil), ("0\n", nil), ("18446744073709551615\n", nil), (unlimited, nil), ("100M\n", nil),
  ])
  func memoryOfVersion2(_ text: String, memoryBytes: Int?) throws {
    #expect(try Self.unified("/job", ["job/memory.max": text]).limits().memoryBytes == memoryBytes)
  }

  @Test(arguments: [(unlimited, nil), ("9223372036854710272\n", nil), ("104857600\n", 104_857_600)])
  func memoryOfVersion1(_ text: String, memoryBytes: Int?) throws {
    #expect(
      try Self.hybrid("/job", ["memory/job/memory.limit_in_bytes": text]).limits().memoryBytes == memoryBytes)
  }

  @Test func hybridHasTheLimitsOfItsControllers() throws {
    let machine = Self.hybrid(
      "/job",
      [
        "memory/job/memory.limit_in_bytes": "5000000\n", "unified/job/cgroup.procs": "1\n",
        "cpu,cpuacct/job/cpu.cfs_quota_us": "300000\n", "cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
        "systemd/job/memory.limit_in_bytes": "1000\n",
      ])
    #expect(
      try machine.limits() == MachineLimits(processorCount: 3, memoryBytes: 5_000_000, physicalMemoryBytes: .max))
  }

  @Test func outerGroupsLimitToo() throws {
    let unified = Self.unified(
      "/a/b/c",
      [
        "a/memory.max": "3000000\n", "a/b/memory.max": "max\n", "a/b/c/memory.max": "4000000\n",
        "a/cpu.max": "max 100000\n", "a/b/cpu.max": "200000 100000\n", "a/b/c/cpu.max": "400000 100000\n",
        "a/b/c/d/memory.max": "1000\n", "b/memory.max": "1000\n",
      ])
    #expect(
      try unified.limits() == MachineLimits(processorCount: 2, memoryBytes: 3_000_000, physicalMemoryBytes: .max))
    let hybrid = Self.hybrid(
      "/a/b",
      [
        "memory/memory.limit_in_bytes": Self.unlimited, "memory/a/memory.limit_in_bytes": "3000000\n",
        "memory/a/b/memory.limit_in_bytes": "4000000\n",
      ])
    #expect(try hybrid.limits().memoryBytes == 3_000_000)
  }

  @Test func mountThatBeginsAtTheGroupShowsItAtItsPoint() throws {
    let machine = Self.hybrid(
      "/docker/0123", root: "/docker/0123",
      ["memory/memory.limit_in_bytes": "5000000\n", "memory/docker/0123/memory.limit_in_bytes": "1000\n"])
    #expect(try machine.limits().memoryBytes == 5_000_000)
    let below = Self.hybrid(
      "/docker/0123/job", root: "/docker/0123",
      ["memory/memory.limit_in_bytes": "5000000\n", "memory/job/memory.limit_in_bytes": "4000000\n"])
    #expect(try below.limits().memoryBytes == 4_000_000)
  }

  @Test(arguments: [
    // The group's name is from outside: missing below the mount, beside the mount's root, or above the namespace.
    ("/kubepods/pod1", "/"), ("/docker/4567", "/docker/0123"), ("/docker/01234", "/docker/0123"), ("/../other", "/"),
    ("/job (deleted)", "/"),
  ])
  func groupThatCannotBeSeenIsTheMountsRoot(_ group: String, root: String) throws {
    let unified = Self.unified(group, root: root, ["memory.max": "5000000\n", "cpu.max": "200000 100000\n"])
    #expect(
      try unified.limits() == MachineLimits(processorCount: 2, memoryBytes: 5_000_000, physicalMemoryBytes: .max))
    let hybrid = Self.hybrid(group, root: root, ["memory/memory.limit_in_bytes": "5000000\n"])
    #expect(try hybrid.limits().memoryBytes == 5_000_000)
  }

  @Test func severalMountsAreOneHierarchy() throws {
    var machine = Self.unified("/a/b", ["a/memory.max": "3000000\n"])
    // A part of it, and another group, are mounted elsewhere, and earlier.
    machine.files["proc/self/mountinfo"] = """
      29 22 0:26 /a/b /mnt/inner rw - cgroup2 cgroup2 rw
      28 22 0:26 /c /mnt/other rw - cgroup2 cgroup2 rw
      30 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw

      """
    machine.files["mnt/other/memory.max"] = "1000\n"
    #expect(try machine.limits().memoryBytes == 3_000_000)
  }

  @Test func namesMayHaveAnyBytes() throws {
    var machine = Self.unified("/", [:])
    machine.files["proc/self/cgroup"] = "0::/a:b c\n"
    machine.files["proc/self/mountinfo"] = "30 22 0:26 / /mnt/my\\040groups\\134x rw - cgroup2 none rw\n"
    machine.files["mnt/my groups\\x/a:b c/memory.max"] = "5000000\n"
    #expect(try machine.limits().memoryBytes == 5_000_000)
  }

  @Test(arguments: [
    "", "\n\n", "0::", "0", ":::", "x:memory:/job", "4:memory", "0::job\n", "\u{0}\u{1}\u{2}", "garbage",
  ])
  func malformedGroupsAreIgnored(_ text: String) throws {
    var machine = Self.unified("/job", ["job/memory.max": "5000000\n", "memory.max": "5000000\n"])
    machine.files["proc/self/cgroup"] = text
    #expect(try machine.limits().memoryBytes == nil)
  }

  @Test(arguments: [
    "", "30 22 0:26 / /sys/fs/cgroup rw - cgroup2\n", "30 22 0:26 / /sys/fs/cgroup rw cgroup2 cgroup2 rw\n", "- - -\n",
    "30 22 0:26 / /sys/fs/cgroup rw - ext4 cgroup2 rw\n", "\u{0}\n",
  ])
  func oddMountsAreNone(_ text: String) throws {
    var machine = Self.unified("/job", ["job/memory.max": "5000000\n"])
    machine.files["proc/self/mountinfo"] = text
    #expect(try machine.limits().memoryBytes == nil)
  }

  @Test func failureOfAnyCallIsNoLimit() throws {
    var index = 0
    while true {
      var machine = Self.unified("/job", ["job/memory.max": "5000000\n", "job/cpu.max": "200000 100000\n"])
      machine.files["proc/meminfo"] = Self.memory
      let calls = FaultyCalls(.init(failingIndex: index, errno: .permissionDenied, processorMask: [0x0F]))
      let limits = try machine.limits(calls)
      #expect([1, 2, 4].contains(limits.processorCount), "call \(index)")
      #expect(limits.memoryBytes == nil || limits.memoryBytes == 5_000_000, "call \(index)")
      guard calls.failed != nil else {
        #expect(limits.processorCount == 2 && limits.memoryBytes == 5_000_000)
        break
      }
      index += 1
    }
    #expect(index > 15)
  }
}

extension TemporaryDirectory {
  /// Creates the missing directories of a file.
  func makeDirectories(above file: FilePath) {
    var directory = path
    var names = file
    guard names.removePrefix(path) else { return }
    for name in names.components.dropLast() {
      directory.append(name)
      _ = directory.withPlatformString { mkdir($0, 0o755) }
    }
  }
}
