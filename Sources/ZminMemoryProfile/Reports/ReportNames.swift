import ZminMemory

/// Names of the parts of the model, for people.
extension MemoryDomain {
  var words: String {
    switch self {
    case .heap: "growing buffers"
    case .pool: "pools"
    case .mappedFile: "mapped files"
    case .pinnedStaging: "pinned staging"
    case .deviceLocal: "device"
    case .stack: "stacks"
    }
  }
}

extension MemoryPurpose {
  var words: String {
    switch self {
    case .inputWindow: "input windows"
    case .outputWindow: "output windows"
    case .nesting: "nesting"
    case .kernelWorkspace: "kernel workspace"
    case .deviceStaging: "device staging"
    case .deviceWork: "device work"
    case .fileList: "file list"
    case .verification: "verification"
    case .decoder: "decoders"
    case .encoder: "encoders"
    case .threadStack: "thread stacks"
    }
  }
}

extension StageSpan.Stage {
  var words: String {
    switch self {
    case .starting: "starting"
    case .finding: "finding files"
    case .waitingForDevice: "waiting for the device"
    case .minifying: "minifying"
    case .largeFiles: "large files"
    case .smallFiles: "small files"
    case .committing: "syncing"
    case .ending: "ending"
    }
  }

  /// The letter of the stage in plots over time.
  var letter: Character {
    switch self {
    case .starting: "S"
    case .finding: "F"
    case .waitingForDevice: "D"
    case .minifying: "M"
    case .largeFiles: "L"
    case .smallFiles: "s"
    case .committing: "Y"
    case .ending: "E"
    }
  }
}

extension PoolSlot.State {
  var words: String {
    switch self {
    case .free: "free"
    case .reading: "reading"
    case .working: "working"
    case .waiting: "waiting"
    case .writing: "writing"
    }
  }

  /// The character of the state in maps. Darker characters mean more work.
  var shade: Character {
    switch self {
    case .free: "·"
    case .waiting: "░"
    case .reading: "▒"
    case .writing: "▓"
    case .working: "█"
    }
  }
}

extension String {
  /// The name of a Swift case as JSON reports write it.
  var snakeCased: String {
    reduce(into: "") { text, letter in text += letter.isUppercase ? "_" + letter.lowercased() : String(letter) }
  }
}

extension MemoryProfile.RunFacts {
  /// The end of the run, in words and with the exit status: `interrupted (exit 130)`.
  var ending: String { "\(endingWords) (exit \(exitStatus))" }

  /// The end of the run in words.
  var endingWords: String {
    switch exitStatus {
    case 0: "complete"
    case 1: "invalid or refused input"
    case 2: "wrong command line"
    case 3: "failed"
    case 4: "engine not available"
    case 5: "two engines differ"
    case 129: "hung up"
    case 130: "interrupted"
    case 141: "output closed by its reader"
    case 143: "terminated"
    default: "ended"
    }
  }
}
