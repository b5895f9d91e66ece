package import SystemPackage

/// What went wrong with a file.
package enum FileError: Error, Sendable, Equatable {
  /// A system call failed.
  case system(SystemError)
  /// The reader of an output went away.
  case brokenPipe(FileName)
  /// Somebody asked to stop.
  case interrupted(Interruption.Reason)
  /// The input is no longer what it was when it was opened.
  case inputChanged(FileName)
  /// Another program saved the input while it was replaced, and one version of it, of this name, is beside it.
  case saveKept(FileName, FilePath)
  /// The file could have been replaced, and was not, for safety.
  case refused(FileName, Refusal)

  /// The kinds of failure that a command answers in different ways.
  package enum Category: Sendable {
    /// A file could not be read or written.
    case failure
    /// The reader went away: end quietly.
    case brokenPipe
    /// The run was asked to end.
    case interruption
  }

  /// What kind of failure this is.
  package var category: Category {
    switch self {
    case .system, .inputChanged, .saveKept, .refused: .failure
    case .brokenPipe: .brokenPipe
    case .interrupted: .interruption
    }
  }

  /// What it is about, nil if no file.
  package var file: FileName? {
    switch self {
    case .system(let error): error.file
    case .brokenPipe(let file), .inputChanged(let file), .saveKept(let file, _), .refused(let file, _): file
    case .interrupted: nil
    }
  }

  /// Whether there is no room left, so that the next file will fare no better.
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
    case .saveKept(let file, let name): "\(file) was saved while it was replaced, and a version of it is in \(name)"
    case .refused(let file, let refusal): "\(file) is not replaced: \(refusal)"
    }
  }
}

/// Why a file is not replaced in place.
package enum Refusal: Sendable, Equatable, CustomStringConvertible {
  /// It has no name.
  case standardInput
  /// The name is a symbolic link, and links are not followed.
  case symbolicLink
  /// It is a directory, device, FIFO or socket.
  case notRegularFile
  /// It gave another number of bytes than its status says.
  case unknownSize
  /// It is not what stood there when its output was begun.
  case madeMeanwhile
  /// It is also an input.
  case isInput
  /// It is also the file of this option.
  case isFile(ofOption: String)
  /// `chattr` made it immutable or append-only.
  case protected
  /// It has this many names, and only one of them would be changed.
  case hardLinks(Int)

  package var description: String {
    switch self {
    case .standardInput: "it has no name"
    case .symbolicLink: "it is a symbolic link"
    case .notRegularFile: "it is not a regular file"
    case .unknownSize: "its size does not say how much it holds"
    case .madeMeanwhile: "another input or another program made it during this run"
    case .isInput: "it is also an input"
    case .isFile(let option): "it is also the file of \(option)"
    case .protected: "it is immutable or append-only"
    case .hardLinks(let count): "it has \(count) hard links"
    }
  }
}

/// A system call that failed, and what for.
package struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was tried; reads after "cannot".
  package enum Action: String, Sendable {
    case open, read, write, wait = "wait for", inspect, create, lock, sync, close, replace, list, publish
    case resolveLink = "follow the link", setMode = "set the mode of", setTimes = "set the times of"
    case copyAttributes = "copy the attributes of", openDirectory = "open the directory of"
    case syncDirectory = "sync the directory of"
  }

  /// What was tried.
  package let action: Action
  /// The file it was tried on, as the user named it.
  package let file: FileName
  /// What the system answered.
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

  /// The name on one line: control characters are escaped, and bytes that are not UTF-8 replaced.
  package var description: String {
    switch self {
    case .standardInput: "standard input"
    case .standardOutput: "standard output"
    case .path(let path):
      path.string.unicodeScalars.reduce(into: "") { text, scalar in
        if scalar.properties.generalCategory == .control {
          text += scalar.escaped(asASCII: true)
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
  }
}
