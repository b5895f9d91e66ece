import SystemPackage
import ZminBase
import ZminEngine
import ZminFiles
import ZminIO

/// Minified files that are committed together: outputs are synced and renamed, then the journal is appended to, then
/// the files are reported.
struct OutputBatch {
  /// A minified file.
  struct File {
    let number: Int
    let outcome: FileOutcome
    /// The path of the output below `--output-dir`.
    let outputPath: FilePath?
    let seconds: Double
  }

  /// A larger batch is committed, so that a kill repeats little work.
  private static let bytesMax = 64 << 20

  private let context: BulkContext
  private let filesMax: Int
  private var files: [File] = []
  private var storedBytes = 0

  init(_ context: BulkContext, filesMax: Int) {
    self.context = context
    self.filesMax = filesMax
  }

  /// Adds a file. A file without output and journal line is reported at once.
  mutating func add(_ file: File) {
    let isNoted = context.journal != nil && file.outcome.isComplete
    if file.outcome.pending == nil, !isNoted { return report(file, .success(())) }
    files.append(file)
    storedBytes += Int(context.list[file.number].storedBytes)
    if files.count >= filesMax || storedBytes >= Self.bytesMax { end() }
  }

  /// Commits, records and reports all files.
  mutating func end() {
    let files = files
    self.files = []
    storedBytes = 0
    guard !files.isEmpty else { return }
    // The outputs have no names yet. If their times are settled now, every later change is visible in them.
    let times = files.map { context.journal == nil ? nil : settledTime(of: $0.outcome.pending) }
    let pending = files.compactMap(\.outcome.pending)
    let start = MonotonicClock.seconds()
    var committed = PendingOutput.commit(pending)[...]
    if !pending.isEmpty {
      context.reporter.noteCommit(fileCount: pending.count, span: start...MonotonicClock.seconds())
    }
    let results = files.map { file in
      file.outcome.pending == nil ? .success(()) : committed.removeFirst()
    }
    do throws(FileError) {
      try context.journal?.append(zip(zip(files, results), times).compactMap { record($0.0, $0.1, $1) })
    } catch {
      context.reporter.fail(FailureMessage.text(for: error, input: .standardOutput))
      context.stopped = .failed
    }
    for (file, result) in zip(files, results) {
      if case .success = result, let made = context.madeOutputs, let status = try? file.outcome.pending?.status() {
        made.insert(status.identity)
      }
      report(file, result)
    }
  }

  /// The modification time of an output, nil if a later change might not change it.
  private func settledTime(of output: PendingOutput?) -> FileTime? {
    guard let time = try? output?.status().modificationTime, context.files.isSettled(time) else { return nil }
    return time
  }

  /// The journal's record of a finished file. In place, the record describes the replaced file.
  ///
  /// - Parameter time: The settled time of the output before its rename, nil if there is none.
  private func record(_ file: File, _ result: Result<Void, FileError>, _ time: FileTime?) -> JournalRecord? {
    guard case .success = result, case .complete(let totals) = file.outcome.result,
      !(context.plan.task.isCheck && !totals.isUnchanged), var input = file.outcome.sourceStatus
    else { return nil }
    // In place, an unchanged file was read after its time had settled.
    var outputTime: FileTime? = file.outcome.outputHash == nil ? nil : input.modificationTime
    if let pending = file.outcome.pending {
      guard let output = try? pending.status(), output.size == file.outcome.storedOutputBytes else { return nil }
      outputTime = output.modificationTime == time ? time : nil
      if context.mirror == nil { input = output }
    }
    guard input.kind == .regular else { return nil }
    let isKept = context.plan.task.replacesInputs && file.outcome.pending == nil
    return JournalRecord(
      path: context.list.path(of: context.list[file.number]).bytes, storedBytes: input.size,
      modifiedNanoseconds: input.modificationTime.sinceEpochNanoseconds,
      storedOutputBytes: isKept ? input.size : file.outcome.storedOutputBytes, outputHash: file.outcome.outputHash,
      outputNanoseconds: outputTime?.sinceEpochNanoseconds)
  }

  private func report(_ file: File, _ result: Result<Void, FileError>) {
    let name = file.outcome.source.name
    do {
      try result.get()
      try context.reporter.report(file.outcome, name, to: file.outputPath, seconds: file.seconds)
    } catch {
      context.stopped = context.reporter.report(error, name, seconds: file.seconds)
    }
    context.countDone(context.list[file.number])
  }
}

extension FileOutcome {
  fileprivate var isComplete: Bool {
    if case .complete = result { true } else { false }
  }
}
