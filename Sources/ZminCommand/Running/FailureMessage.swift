import SystemPackage
import ZminCodec
import ZminEngine
import ZminIO
import ZminMemory

/// Messages about errors that are not the input's.
package enum FailureMessage {
  /// Exit status after the error.
  package static func status(for error: any Error) -> ExitStatus {
    switch error {
    // Nothing is done where the command line asks for what would destroy an input or output.
    case FileError.refused(_, .isInput), FileError.refused(_, .isFile): .usage
    // It is the input that is so: trying again will not help.
    case FileError.refused(_, .protected), is DecodingError: .invalidInput
    case is VerificationDifference: .difference
    case is DeviceFailure: .engineUnavailable
    default: .failure
    }
  }

  /// `PATH: what is wrong`.
  ///
  /// - Parameters:
  ///   - error: The error that was thrown.
  ///   - input: The input that was worked on, for errors that name no file themselves.
  static func text(for error: any Error, input: FileName) -> String {
    switch error {
    case let error as FileError: text(for: error)
    case let error as LineTooLong:
      """
      \(input): \(error); raise --memory-budget (to at least \(error.neededBudgetBytesMin)), or use a regular file
      """
    case let error as OutOfMemory: "\(input): out of memory: the system refused \(error.byteCount) bytes"
    default: "\(input): \(error)"
    }
  }

  private static func text(for error: FileError) -> String {
    switch error {
    case .system(let error):
      let remedy = error.action == .lock ? "; give each task a file of its own" : ""
      return "\(error.file): cannot \(clause(error.action)): \(error.errno)\(remedy)"
    case .inputChanged(let file): return "\(file): changed while it was read; nothing is replaced"
    case .saveKept(let file, let name):
      return """
        \(file): saved by another program while it was replaced, and a version of it is in \(FileName.path(name)) \
        beside it; compare the two, then move or delete that file
        """
    case .refused(let file, .isInput): return "\(file): is both input and output; use --in-place"
    case .refused(let file, .isFile(let option)): return "\(file): is both the output and \(option)"
    case .refused(let file, let refusal): return "\(file): not replaced: \(refusal)\(remedy(for: refusal))"
    case .brokenPipe(let file): return "\(file): cannot write: \(Errno.brokenPipe)"
    case .interrupted: return error.description
    }
  }

  /// The message about a kept file.
  static func text(for kept: KeptFile) -> String {
    let name = FileName.path(kept.name)
    return switch kept.origin {
    case .earlierRun:
      """
      \(kept.file): an interrupted run left \(name) beside it, which may be what another program saved; compare the \
      two, then move or delete that file
      """
    case .replacedFile: "\(kept.file): its old contents could not be removed; delete \(name) beside it"
    }
  }

  /// The action, as it reads after the file's name: "set the mode of" as "set its mode".
  private static func clause(_ action: SystemError.Action) -> String {
    let words = action.rawValue
    if words.hasSuffix(" of") { return String(words.dropLast(" of".count)).replacing(" the ", with: " its ") }
    return words.hasSuffix(" for") ? "\(words) it" : words
  }

  private static func remedy(for refusal: Refusal) -> String {
    switch refusal {
    case .symbolicLink: "; --follow-symlinks replaces what it leads to"
    case .hardLinks: "; --force replaces this one"
    case .protected: "; chattr -i -a allows it"
    case .standardInput, .notRegularFile, .unknownSize, .madeMeanwhile, .isInput, .isFile: ""
    }
  }
}
