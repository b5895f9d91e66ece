import Synchronization
import SystemPackage
import ZminBase
import ZminCore
import ZminFiles
import ZminIO

/// State that the workers of a run over many files share.
final class BulkContext: ProgressSource {
  let plan: BulkPlan
  let files: FileAccess
  let queue: FileQueue
  let memory: BulkMemory
  /// The memory of the run where a budget has room for all of it.
  let usualMemory: BulkMemory
  let mirror: MirrorDirectory?
  let reporter: RunReporter
  let badLines: BadLineRecord?
  let journal: Journal?
  /// The journal's record of each file, nil for files that are not finished. Nil as a whole without a journal.
  let finished: [FinishedFile?]?
  /// Outputs that this run has made. Set only with `--output-dir`.
  let madeOutputs: MadeOutputs?
  /// Files that no output may overwrite.
  private let filesApart: [(file: SideFile, guarded: GuardedFile)]
  /// The walk that found the files.
  let walk: FileWalk
  private let filesDone = Atomic(0)
  private let bytesDone = Mutex(0)
  /// The stored size of the large file in progress, and the bytes that had been read before it.
  private let largeFile = Mutex<(storedBytes: Int, startBytes: Int)?>(nil)
  private let lastBegun = Mutex<Int?>(nil)
  private let stop = Mutex<StopReason?>(nil)

  init(
    _ plan: BulkPlan, files: FileAccess, queue: FileQueue, memory: BulkMemory, usualMemory: BulkMemory,
    mirror: MirrorDirectory?,
    walk: FileWalk, reporter: RunReporter, badLines: BadLineRecord?, journal: Journal?, finished: [FinishedFile?]?,
    madeOutputs: MadeOutputs?
  ) {
    self.plan = plan
    filesApart = plan.sideFilesApartFromOutputs.map { ($0, GuardedFile($0.file, using: files)) }
    self.files = files
    self.queue = queue
    self.memory = memory
    self.usualMemory = usualMemory
    self.mirror = mirror
    self.reporter = reporter
    self.badLines = badLines
    self.journal = journal
    self.finished = finished
    self.madeOutputs = madeOutputs
    self.walk = walk
  }

  var list: FileList { queue.list }
  var fileCount: Int { list.count }
  var storedBytes: Int? { queue.storedBytes }

  /// Nil while the run goes on. The first reason stays.
  var stopped: StopReason? {
    get { stop.withLock { $0 } }
    set { stop.withLock { $0 = $0 ?? newValue } }
  }

  var progress: (files: Int, bytes: Int) {
    // In place a file may be read twice.
    let current = largeFile.withLock { $0 }.map { min($0.storedBytes, bytesRead - $0.startBytes) } ?? 0
    return (filesDone.load(ordering: .relaxed), bytesDone.withLock { $0 }.addingSaturated(current))
  }

  private var bytesRead: Int { files.counter?.value ?? 0 }

  /// The side file that an output with this directory entry would overwrite.
  func sideFile(at entry: DirectoryEntryReference) -> SideFile? {
    filesApart.first { $0.guarded.isOverwritten(at: entry, using: files) }?.file
  }

  /// Calls `body`, which processes a large file.
  func takingLargeFile(_ entry: FileEntry, _ body: () -> Void) {
    largeFile.withLock { $0 = (Int(entry.storedBytes), bytesRead) }
    body()
    largeFile.withLock { $0 = nil }
  }

  var current: String {
    lastBegun.withLock { $0 }.map { "\(FileName.path(list.path(of: list[$0])))" } ?? ""
  }

  func begin(_ number: Int) { lastBegun.withLock { $0 = number } }

  /// Counts a file that succeeded, failed or was skipped.
  func countDone(_ entry: FileEntry) {
    largeFile.withLock { $0 = nil }
    filesDone.add(1, ordering: .relaxed)
    bytesDone.withLock { $0 = $0.addingSaturated(Int(entry.storedBytes)) }
  }
}
