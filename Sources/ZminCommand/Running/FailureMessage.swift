import Zmin
import ZminIO
import ZminMemory

/// What is said about an error that is not the input's.
enum FailureMessage {
  /// `PATH: what is wrong`.
  ///
  /// - Parameters:
  ///   - error: What was thrown.
  ///   - input: What was worked on, for errors that name no file themselves.
  static func text(for error: any Error, input: FileName) -> String {
    switch error {
    case let error as FileError: text(for: error)
    case let error as OutOfMemory: "\(input): out of memory: the system refused \(error.byteCount) bytes"
    default: "\(input): \(error)"
    }
  }

  private static func text(for error: FileError) -> String {
    switch error {
    case .system(let error):
      // "cannot set the mode of PATH", with the path before it.
      let needsObject = [" of", " for"].contains { error.action.rawValue.hasSuffix($0) }
      return "\(error.file): cannot \(error.action.rawValue)\(needsObject ? " it" : ""): \(error.errno)"
    case .inputChanged(let file): return "\(file): changed while it was read; nothing is replaced"
    case .refused(let file, .isInput): return "\(file): is both input and output: use --in-place"
    case .refused(let file, .isOutput): return "\(file): is both --output and --bad-lines"
    case .refused(let file, let refusal): return "\(file): not replaced: \(refusal)\(remedy(for: refusal))"
    case .brokenPipe, .interrupted: return error.description
    }
  }

  private static func remedy(for refusal: Refusal) -> String {
    switch refusal {
    case .symbolicLink: " (--follow-symlinks replaces what it leads to)"
    case .hardLinks: " (--force replaces this one)"
    case .standardInput, .notRegularFile, .isInput, .isOutput: ""
    }
  }
}
