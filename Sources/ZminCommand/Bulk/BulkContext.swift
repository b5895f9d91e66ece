import Synchronization
import SystemPackage
import ZminBase
import ZminCore
import ZminFiles
import ZminIO

/// What the workers of a run over many files share.
final class BulkContext: ProgressSource {
  let plan: BulkPlan
  let files: FileAccess
  let queue: FileQueue
  let memory: BulkMemory
  let mirror: MirrorDirectory?
  let reporter: RunReporter
  /// What all workers put bad lines into.
  let badLines: BadLineRecord?
  let journal: Journal?
  /// For each file what it has left if it is done, nil if there is no journal.
  let finished: [FinishedFile?]?
  /// The outputs that were made, nil if none go to another directory.
  let madeOutputs: MadeOutputs?
  /// Files that no output may overwrite.
  private let filesApart: [(file: SideFile, guarded: GuardedFile)]
  /// What the files were found by.
  let walk: FileWalk
  private let filesDone = Atomic(0)
  private let bytesDone = Mutex(0)
  /// The stored size of the large file that is taken, and how much had been read when it was begun.
  private let largeFile = Mutex<(storedBytes: Int, startBytes: Int)?>(nil)
  private let lastBegun = Mutex<Int?>(nil)
  private let stop = Mutex<Stop?>(nil)

  /// Why no more files are taken.
  enum Stop {
    /// There is no room left, or the journal cannot be written.
    case failed
    case interrupted
    /// The reader of this output went away.
    case brokenPipe(FileName)
  }

  init(
    _ plan: BulkPlan, files: FileAccess, queue: FileQueue, memory: BulkMemory, mirror: MirrorDirectory?,
    walk: FileWalk, reporter: RunReporter, badLines: BadLineRecord?, journal: Journal?, finished: [FinishedFile?]?,
    madeOutputs: MadeOutputs?
  ) {
    self.plan = plan
    filesApart = plan.sideFilesApartFromOutputs.map { ($0, GuardedFile($0.file, using: files)) }
    self.files = files
    self.queue = queue
    self.memory = memory
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

  /// Why it stops, nil while it goes on. The first reason stays.
  var stopped: Stop? {
    get { stop.withLock { $0 } }
    set { stop.withLock { $0 = $0 ?? newValue } }
  }

  /// How far the run is.
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

  /// Calls `body`, which takes a large file.
  func takingLargeFile(_ entry: FileEntry, _ body: () -> Void) {
    largeFile.withLock { $0 = (Int(entry.storedBytes), bytesRead) }
    body()
    largeFile.withLock { $0 = nil }
  }

  /// The file that was begun last.
  var current: String {
    lastBegun.withLock { $0 }.map { "\(FileName.path(list.path(of: list[$0])))" } ?? ""
  }

  /// Notes that a file is begun.
  func begin(_ number: Int) { lastBegun.withLock { $0 = number } }

  /// Counts a file that is done with, for good or ill.
  func countDone(_ entry: FileEntry) {
    largeFile.withLock { $0 = nil }
    filesDone.add(1, ordering: .relaxed)
    bytesDone.withLock { $0 = $0.addingSaturated(Int(entry.storedBytes)) }
  }
}
