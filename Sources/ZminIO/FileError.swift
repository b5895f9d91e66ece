package import SystemPackage
import ZminBase

/// An error of a file.
package enum FileError: Error, Sendable, Equatable {
  /// A system call failed.
  case system(SystemError)
  /// The reader of an output went away.
  case brokenPipe(FileName)
  /// A request to stop came.
  case interrupted(Interruption.Reason)
  /// The input changed since it was opened.
  case inputChanged(FileName)
  /// Another program saved the input while it was replaced. One version has this name, in the same directory.
  case saveKept(FileName, FilePath)
  /// The file was not replaced, for safety.
  case refused(FileName, Refusal)

  /// The kinds of failure that a program handles in different ways.
  package enum Category: Sendable {
    /// A file could not be read or written.
    case failure
    /// The reader went away. The program ends quietly.
    case brokenPipe
    /// The run was asked to end.
    case interruption
  }

  /// The kind of failure.
  package var category: Category {
    switch self {
    case .system, .inputChanged, .saveKept, .refused: .failure
    case .brokenPipe: .brokenPipe
    case .interrupted: .interruption
    }
  }

  /// The file with the error, nil if there is none.
  package var file: FileName? {
    switch self {
    case .system(let error): error.file
    case .brokenPipe(let file), .inputChanged(let file), .saveKept(let file, _), .refused(let file, _): file
    case .interrupted: nil
    }
  }

  /// True if the disk or a quota is full, so that the next file would fail, too.
  package var isStorageFull: Bool {
    guard case .system(let error) = self else { return false }
    return error.errno == .noSpace || error.errno == .diskQuotaExceeded
  }
}

extension FileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .system(let error): error.description
    case .brokenPipe(let file): "cannot write \(file): the reader went away"
    case .interrupted(let reason): reason.description
    case .inputChanged(let file): "\(file) changed while it was read"
    case .saveKept(let file, let name):
      "\(file) was saved by another program while it was replaced; one version is kept as \(name)"
    case .refused(let file, let refusal): "\(file) is not replaced: \(refusal)"
    }
  }
}

/// The reason not to replace a file.
package enum Refusal: Sendable, Equatable, CustomStringConvertible {
  /// Standard input has no name.
  case standardInput
  /// The name is a symbolic link, and links are not followed.
  case symbolicLink
  /// The name of an output in a mirror is a symbolic link.
  case outputLink
  /// The file is a directory, device, FIFO or socket.
  case notRegularFile
  /// Reads returned another number of bytes than the status promises.
  case unknownSize
  /// The destination was created after its output was begun.
  case madeMeanwhile
  /// The output is also an input.
  case isInput
  /// The output is also the file of this option.
  case isFile(ofOption: String)
  /// `chattr` made it immutable or append-only.
  case protected
  /// The file has this many names, and only one of them would change.
  case hardLinks(Int)
  /// Another file is mounted over the name, which no rename replaces.
  case mountPoint

  /// True if the cause may be gone in another run.
  package var isTransient: Bool { self == .madeMeanwhile || self == .unknownSize }

  package var description: String {
    switch self {
    case .standardInput: "it has no name"
    case .symbolicLink, .outputLink: "it is a symbolic link"
    case .notRegularFile: "it is not a regular file"
    case .unknownSize: "the size that its file system reports is wrong"
    case .madeMeanwhile: "another input or program created it during this run"
    case .isInput: "it is also an input"
    case .isFile(let option): "it is also the file of \(option)"
    case .protected: "it is immutable or append-only"
    case .hardLinks(let count): "it has \(count) hard links"
    case .mountPoint: "it is a mount point"
    }
  }
}

/// A system call that failed.
package struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The action, in words that follow "cannot".
  package enum Action: String, Sendable {
    case open, read, write, wait = "wait for", inspect, create, lock, sync, close, replace, list, publish
    case resolveLink = "follow the link", setMode = "set the mode of", setOwner = "set the owner of"
    case setTimes = "set the times of", copyAttributes = "copy the attributes of"
    case openDirectory = "open the directory of", syncDirectory = "sync the directory of"
  }

  /// The action that failed.
  package let action: Action
  /// The file, as the user named it.
  package let file: FileName
  /// The error number of the system.
  package let errno: Errno

  package init(action: Action, file: FileName, errno: Errno) {
    self.action = action
    self.file = file
    self.errno = errno
  }

  /// One clear phrase, such as `cannot write out.json: No space left on device`.
  package var description: String { "cannot \(action.rawValue) \(file): \(errno)" }
}

/// A file as a message names it.
package enum FileName: Sendable, Hashable, CustomStringConvertible {
  case path(FilePath)
  case standardInput
  case standardOutput

  /// The name on one line. Two names never look alike.
  package var description: String {
    switch self {
    case .standardInput: "standard input"
    case .standardOutput: "standard output"
    case .path(let path): String(readable: path.bytes)
    }
  }
}
