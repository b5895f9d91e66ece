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
  let mirror: MirrorDirectory?
  let reporter: RunReporter
  let badLines: BadLineRecord?
  let journal: Journal?
  /// The journal's record of each file, nil for files that are not finished. Nil as a whole without a journal.
  let finished: [FinishedFile?]?
  /// Outputs that this run has made. Set only with `--output-dir`.
  let madeOutputs: MadeOutputs?
  /// Files that no output may replace. A file is recognised by its folded names, and standard output by its identity.
  private let filesApart: [(file: SideFile, identity: FileIdentity?, names: Set<String>)]
  /// The walk that found the files.
  let walk: FileWalk
  private let filesDone = Atomic(0)
  private let bytesDone = Mutex(0)
  /// The size of the large file in progress, and the bytes that had been read before it.
  private let largeFile = Mutex<(byteCount: Int, startBytes: Int)?>(nil)
  private let lastBegun = Mutex<Int?>(nil)
  private let stop = Mutex<StopReason?>(nil)

  init(
    _ plan: BulkPlan, files: FileAccess, queue: FileQueue, memory: BulkMemory, mirror: MirrorDirectory?,
    walk: FileWalk, reporter: RunReporter, badLines: BadLineRecord?, journal: Journal?, finished: [FinishedFile?]?,
    madeOutputs: MadeOutputs?
  ) {
    self.plan = plan
    filesApart = plan.sideFilesApartFromOutputs.map { file in
      let resolvedLocation = files.resolvedLocation(of: file.file)
      guard case .path(let path) = file.file else { return (file, resolvedLocation?.identity, []) }
      return (file, nil, Set([path.lastComponent, resolvedLocation?.place?.name].compactMap(\.?.foldedKey)))
    }
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
  var byteCount: Int? { queue.byteCount }

  /// Nil while the run goes on. The first reason stays.
  var stopped: StopReason? {
    get { stop.withLock { $0 } }
    set { stop.withLock { $0 = $0 ?? newValue } }
  }

  var progress: (files: Int, bytes: Int) {
    // In place a file may be read twice.
    let current = largeFile.withLock { $0 }.map { min($0.byteCount, bytesRead - $0.startBytes) } ?? 0
    return (filesDone.load(ordering: .relaxed), bytesDone.withLock { $0 }.addingSaturated(current))
  }

  private var bytesRead: Int { files.counter?.value ?? 0 }

  /// The side file at a directory entry, or the one that would be created there.
  func sideFile(at entry: DirectoryEntryReference) -> SideFile? {
    filesApart.first { file, identity, names in
      if let identity { return (try? files.statusIfPresent(of: entry))?.identity == identity }
      // Its directory may be new.
      guard names.contains(entry.name.foldedKey), let own = files.resolvedLocation(of: file.file)?.place else {
        return false
      }
      return own.directory == entry.directory.identity
        && (try? files.isOneName(own.name, entry.name, in: entry.directory, entry.path)) != false
    }?.file
  }

  /// Calls `body`, which processes a large file.
  func takingLargeFile(_ entry: FileEntry, _ body: () -> Void) {
    largeFile.withLock { $0 = (Int(entry.byteCount), bytesRead) }
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
    bytesDone.withLock { $0 = $0.addingSaturated(Int(entry.byteCount)) }
  }
}
