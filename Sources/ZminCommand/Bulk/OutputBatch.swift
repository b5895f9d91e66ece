import ZminEngine
import SystemPackage
import ZminFiles
import ZminIO

/// Files that are taken through, and end together: outputs are brought to the disk and get their names, then the journal
/// gets its lines, then they are reported.
struct OutputBatch {
  /// A file that was taken through.
  struct File {
    let number: Int
    let outcome: FileOutcome
    /// Where its output goes, if that is elsewhere.
    let place: FilePath?
    let seconds: Double
  }

  /// A batch of more bytes ends, so that not too much is written twice after a kill.
  private static let bytesMax = 64 << 20

  private let context: BulkContext
  private let filesMax: Int
  private var files: [File] = []
  private var storedBytes = 0

  init(_ context: BulkContext, filesMax: Int) {
    self.context = context
    self.filesMax = filesMax
  }

  /// Takes a file in; one with nothing to write or to note ends at once.
  mutating func add(_ file: File) {
    let isNoted = context.journal != nil && file.outcome.isComplete
    if file.outcome.pending == nil, !isNoted { return report(file, .success(())) }
    files.append(file)
    storedBytes += Int(context.list[file.number].storedBytes)
    if files.count >= filesMax || storedBytes >= Self.bytesMax { end() }
  }

  /// Ends all files.
  mutating func end() {
    let files = files
    self.files = []
    storedBytes = 0
    guard !files.isEmpty else { return }
    // Nobody knows the outputs yet: if their times are settled now, whatever changes them later shows in these.
    let times = files.map { context.journal == nil ? nil : settledTime(of: $0.outcome.pending) }
    var committed = PendingOutput.commit(files.compactMap(\.outcome.pending))[...]
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

  /// The time of an output that changes with it from now on, nil if there is none.
  private func settledTime(of output: PendingOutput?) -> FileTime? {
    guard let time = try? output?.status().modificationTime, context.files.isSettled(time) else { return nil }
    return time
  }

  /// What the journal says of a file that is done: in place the file is what was made of it.
  ///
  /// - Parameter time: The output's time before anybody knew it, if a later change shows in it.
  private func record(_ file: File, _ result: Result<Void, FileError>, _ time: FileTime?) -> JournalRecord? {
    guard case .success = result, case .complete(let totals) = file.outcome.result,
      !(context.plan.task.isCheck && !totals.isUnchanged), var input = file.outcome.sourceStatus
    else { return nil }
    // In place, a file that stays as it is was read with a settled time.
    var outputTime: FileTime? = file.outcome.outputHash == nil ? nil : input.modificationTime
    if let pending = file.outcome.pending {
      guard let output = try? pending.status(), output.size == Int64(totals.storedOutputBytes) else { return nil }
      outputTime = output.modificationTime == time ? time : nil
      if context.mirror == nil { input = output }
    }
    guard input.kind == .regular else { return nil }
    return JournalRecord(
      path: context.list.path(of: context.list[file.number]).bytes, storedBytes: input.size,
      modifiedNanoseconds: input.modificationTime.sinceEpochNanoseconds,
      storedOutputBytes: Int64(totals.storedOutputBytes), outputHash: file.outcome.outputHash,
      outputNanoseconds: outputTime?.sinceEpochNanoseconds)
  }

  private func report(_ file: File, _ result: Result<Void, FileError>) {
    let name = file.outcome.source.name
    do {
      try result.get()
      try context.reporter.report(file.outcome, name, to: file.place, seconds: file.seconds)
    } catch FileError.brokenPipe(let output) {
      context.stopped = .brokenPipe(output)
    } catch {
      context.reporter.fail(error, name, seconds: file.seconds)
      if (error as? FileError)?.isStorageFull == true { context.stopped = .failed }
    }
    context.countDone(context.list[file.number])
  }
}

extension FileOutcome {
  fileprivate var isComplete: Bool {
    if case .complete = result { true } else { false }
  }
}
