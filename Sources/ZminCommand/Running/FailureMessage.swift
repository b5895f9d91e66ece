import SystemPackage
import ZminCodec
import ZminEngine
import ZminFiles
package import ZminIO
import ZminMemory

/// Messages about errors of files and engines, as opposed to invalid JSON.
package enum FailureMessage {
  /// The exit status after an error.
  package static func status(for error: any Error) -> ExitStatus {
    switch error {
    // The run was refused because it would destroy an input or output.
    case FileError.refused(_, .isInput), FileError.refused(_, .isFile): .usage
    // The cause is permanent, so trying again will not help.
    case FileError.refused(_, let refusal) where !refusal.isTransient: .invalidInput
    case is DecodingError, is LargerOutput: .invalidInput
    case is CompressionRefusal: .usage
    case is VerificationDifference, is StoredDifference, is EncodingError: .difference
    case is DeviceFailure: .engineUnavailable
    default: .failure
    }
  }

  /// The message `PATH: what is wrong; what to do`.
  ///
  /// - Parameters:
  ///   - error: The error.
  ///   - input: The input in progress, for errors that name no file.
  package static func text(for error: any Error, input: FileName) -> String {
    switch error {
    case let error as FileError: text(for: error)
    case let error as LineTooLong:
      """
      \(input):\(error); raise --memory-budget (to at least \(error.neededBudgetBytesMin)), or use a regular file
      """
    case let error as OutOfMemory: "\(input): out of memory: cannot allocate \(error.byteCount) bytes"
    case let error as CompressionRefusal: "\(input): \(text(for: error))"
    case let error as LargerOutput:
      "\(input): not written: compressed, the output is larger than the input (\(error.storedInputBytes) bytes)"
    case let error as DecodingError:
      "\(input): \(error)\(error.neededBudgetBytes.map { "; raise --memory-budget (to at least \($0))" } ?? "")"
    case is EncodingError:
      "\(input): not written: compressed, the output does not decode to itself; test the memory of this machine"
    case is StoredDifference: "\(input): the disk returns other bytes than were written; not named"
    default: "\(input): \(error)"
    }
  }

  /// The message about a budget that is too small.
  static func text(for error: MemoryBudget.TooSmall) -> String {
    "--memory-budget \(error.budgetBytes) is too small\(error.purpose); use at least \(error.neededBytes)"
  }

  /// The message about a compressed form that cannot be written.
  static func text(for refusal: CompressionRefusal) -> String {
    switch refusal {
    case .readOnly(let codec):
      "\(codec.rawValue) can be read and not written; use --compress gzip, zstd or none"
    case .level(let level, let form):
      "\(form.rawValue) has no level \(level); use \(form.levels.lowerBound) to \(form.levels.upperBound)"
    case .layout(let layout, let form):
      "\(form.rawValue) has no layout \(layout.rawValue); use single or blocks"
    }
  }

  private static func text(for error: FileError) -> String {
    switch error {
    case .system(let error):
      let remedy = error.action == .lock ? "; give each task a file of its own" : ""
      return "\(error.file): cannot \(clause(error.action)): \(error.errno)\(remedy)"
    case .inputChanged(let file):
      return "\(file): changed while it was read; try again when no program writes to it"
    case .saveKept(let file, let name):
      return """
        \(file): another program saved it during the replacement, and one version is in \(FileName.path(name)); \
        compare the two files, then move or delete \(FileName.path(name))
        """
    case .refused(let file, .isInput): return "\(file): the input and the output are the same file; use --in-place"
    case .refused(let file, .isFile(let option)): return "\(file): the output and \(option) are the same file"
    case .refused(let file, let refusal): return "\(file): not replaced: \(refusal)\(remedy(for: refusal))"
    case .brokenPipe(let file): return "\(file): cannot write: \(Errno.brokenPipe)"
    case .interrupted: return error.description
    }
  }

  /// The message about a kept file.
  package static func text(for kept: KeptFile) -> String {
    let name = FileName.path(kept.name)
    return switch kept.origin {
    case .earlierRun:
      """
      \(kept.file): an interrupted run left \(name), which may be another program's version; compare the two files, \
      then move or delete \(name)
      """
    case .replacedFile: "\(kept.file): its old contents could not be removed; delete \(name)"
    }
  }

  /// The action in a form that follows the name of the file: "set the mode of" becomes "set its mode".
  private static func clause(_ action: SystemError.Action) -> String {
    let words = action.rawValue
    if words.hasSuffix(" of") { return String(words.dropLast(" of".count)).replacing(" the ", with: " its ") }
    return words.hasSuffix(" for") ? "\(words) it" : words
  }

  private static func remedy(for refusal: Refusal) -> String {
    switch refusal {
    case .symbolicLink: "; use --follow-symlinks to replace its target"
    case .outputLink: "; delete the link, or use another directory"
    case .hardLinks: "; use --force to replace it"
    case .protected: "; use chattr -i -a to allow it"
    case .mountPoint: "; write to another file, or mount its directory"
    case .standardInput, .notRegularFile, .unknownSize, .madeMeanwhile, .isInput, .isFile: ""
    }
  }
}
