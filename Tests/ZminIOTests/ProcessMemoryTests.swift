import SystemPackage
import Testing
import ZminIO

@Suite("Memory as the kernel reports it")
struct ProcessMemoryTests {
  /// A root directory with files.
  private static func root(_ files: [String: String]) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for (name, text) in files {
      directory.makeDirectories(above: directory.path.appending(name))
      try directory.make(directory.path.appending(name), text)
    }
    return directory
  }

  private static func process(_ status: String) throws -> ProcessMemory {
    let root = try root(["proc/self/status": status])
    return ProcessMemory(using: FileAccess(), root: root.path)
  }

  private static func group(_ files: [String: String]) throws -> (
    memory: ControlGroupMemory, files: ControlGroupFiles, TemporaryDirectory
  ) {
    let root = try root(files)
    let files = ControlGroupFiles(using: FileAccess(), root: root.path)
    return (ControlGroupMemory(reading: files), files, root)
  }

  @Test("Each line of a process's status is one figure")
  func status() throws {
    let memory = try Self.process(
      """
      Name:\tzmin
      VmPeak:\t  999 kB
      VmHWM:\t    4000 kB
      VmRSS:\t    3000 kB
      RssAnon:\t    1000 kB
      RssFile:\t    1500 kB
      RssShmem:\t     500 kB
      VmPTE:\t      60 kB
      VmSwap:\t       0 kB
      RssAnonymous:\t 7 kB
      Threads:\t1

      """)
    #expect(memory.anonymousBytes == 1000 << 10 && memory.fileBytes == 1500 << 10 && memory.sharedBytes == 500 << 10)
    #expect(memory.residentBytes == 3000 << 10 && memory.peakResidentBytes == 4000 << 10)
    #expect(memory.pageTableBytes == 60 << 10 && memory.swappedBytes == 0)
  }

  @Test(
    "A missing or malformed line is nil, not 0",
    arguments: [
      "", "Name:\tzmin\n", "RssAnon:\t1000\n", "RssAnon:\tmany kB\n", "RssAnon: 1 2 kB\n", "rssanon:\t1 kB\n",
    ])
  func missing(_ status: String) throws {
    let memory = try Self.process(status)
    #expect(memory.anonymousBytes == nil && memory.fileBytes == nil && memory.sharedBytes == nil)
    #expect(memory.residentBytes == nil && memory.peakResidentBytes == nil && memory.swappedBytes == nil)
  }

  @Test("Without the file all figures are nil")
  func noFile() throws {
    let root = try Self.root([:])
    #expect(ProcessMemory(using: FileAccess(), root: root.path).residentBytes == nil)
    // This machine has the file.
    #expect(ProcessMemory(using: FileAccess()).residentBytes ?? 0 > 1 << 20)
  }

  private static let pressure = """
    some avg10=0.00 avg60=0.00 avg300=0.00 total=2500000
    full avg10=0.00 avg60=0.00 avg300=0.00 total=1000000

    """

  /// Files of a group `/a/b` in version 2.
  private static let unified = [
    "proc/self/cgroup": "0::/a/b\n",
    "proc/self/mountinfo": "30 22 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n",
    "sys/fs/cgroup/a/b/memory.current": "5000\n", "sys/fs/cgroup/a/b/memory.peak": "9000\n",
    "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "100000\n",
    "sys/fs/cgroup/a/b/memory.stat": "anon 1000\nfile 3000\nfile_mapped 17\n",
    "sys/fs/cgroup/a/b/memory.events": "low 0\noom 2\noom_kill 1\n",
    "sys/fs/cgroup/a/b/memory.pressure": pressure,
  ]

  @Test("The figures of a group of version 2 are read")
  func unifiedGroup() throws {
    let (memory, files, root) = try Self.group(Self.unified)
    defer { _ = root }
    #expect(memory.usageBytes == 5000 && memory.peakBytes == 9000 && memory.cacheBytes == 3000 && memory.kills == 1)
    #expect(memory.limitBytes == 100_000)
    #expect(files.stalledSeconds == 2.5 && files.tellsStalls)
  }

  @Test("Without stalls of the group those of the machine count")
  func machineStalls() throws {
    var files = Self.unified
    files["sys/fs/cgroup/a/b/memory.pressure"] = nil
    files["proc/pressure/memory"] = Self.pressure.replacing("2500000", with: "7000000")
    let (_, group, root) = try Self.group(files)
    defer { _ = root }
    #expect(group.stalledSeconds == 7 && !group.tellsStalls)
  }

  @Test("The figures of a group of version 1 are read")
  func singleGroup() throws {
    let directory = "sys/fs/cgroup/memory/a"
    let (memory, files, root) = try Self.group([
      "proc/self/cgroup": "4:memory:/a\n0::/a\n",
      "proc/self/mountinfo": """
      35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
      41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw

      """,
      "\(directory)/memory.usage_in_bytes": "6000\n", "\(directory)/memory.max_usage_in_bytes": "8000\n",
      "\(directory)/memory.stat": "cache 1\nrss 2\ntotal_cache 4000\n",
      "\(directory)/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n",
      "\(directory)/memory.limit_in_bytes": "9223372036854771712\n",
    ])
    defer { _ = root }
    #expect(memory.usageBytes == 6000 && memory.peakBytes == 8000 && memory.cacheBytes == 4000 && memory.kills == 3)
    #expect(memory.limitBytes == nil && files.stalledSeconds == nil)
  }

  @Test("Without groups all figures are nil")
  func noGroup() throws {
    let (memory, files, root) = try Self.group([:])
    defer { _ = root }
    #expect(memory == ControlGroupMemory() && files.stalledSeconds == nil && !files.tellsStalls)
  }
}
