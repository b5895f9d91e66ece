import ZminCodec
package import ZminIO

/// The rules of a walk.
package struct WalkRules: Sendable {
  /// Files whose name or path matches none of these are skipped.
  package var include: [GlobPattern] = ["*.json", "*.ndjson", "*.jsonl", "*.jsonlines"].map {
    GlobPattern(Array($0.utf8))
  }
  /// Files and directories that match one of these are skipped.
  package var exclude: [GlobPattern] = []
  /// True if files are taken, too, whose names match with the suffix of a codec behind them.
  package var takesCompressed = false
  /// True if files and directories are taken, too, whose names begin with a dot.
  package var takesHidden = false
  /// True if directories are walked.
  package var isRecursive = false
  /// True if a walk follows symbolic links.
  package var followsSymbolicLinks = false
  /// The directory of the outputs, which is not walked. It is held open, so that no other one gets its identity.
  package var outputDirectory: OpenDirectory?
  /// The shard of the files to list; nil for all.
  package var shard: Shard?
  /// Files that must not be inputs, of this shard or another; nil for files that cannot be one.
  package var watched: [ResolvedLocation?] = []

  package init() {}
}

extension WalkRules {
  /// The decision about a name.
  enum Verdict {
    case take
    /// The name would match without the suffix of its codec.
    case isCompressed
    case matchesNone
  }

  /// True if an entry of that name is hidden from the walk.
  func hides(_ name: [UInt8]) -> Bool { !takesHidden && name.first == UInt8(ascii: ".") }

  /// The decision about a file, hidden or not.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - path: Returns the names from the argument down to it, its own last.
  func verdict(on name: [UInt8], path: () -> [[UInt8]]) -> Verdict {
    func matches(_ name: [UInt8]) -> Bool { include.contains { $0.matches(name: name) { path().dropLast() + [name] } } }
    if matches(name) { return .take }
    guard let suffix = Codec.suffix(ofName: name), matches(name.dropLast(suffix.utf8.count)) else {
      return .matchesNone
    }
    return takesCompressed ? .take : .isCompressed
  }
}

/// Numbers of entries that a walk has skipped, by the option that would include them.
package struct SkippedEntries: Sendable, Equatable {
  /// Hidden files whose names match, and hidden directories.
  package private(set) var hidden = 0
  /// Files whose names match no pattern.
  package private(set) var unmatched = 0
  /// Compressed files whose names match but for the suffix.
  package private(set) var compressed = 0

  /// Nothing was skipped.
  package static let none = SkippedEntries()

  mutating func add(_ verdict: WalkRules.Verdict) {
    switch verdict {
    case .take: break
    case .isCompressed: compressed += 1
    case .matchesNone: unmatched += 1
    }
  }

  mutating func addHidden(_ kind: FileKind, _ verdict: WalkRules.Verdict) {
    // A hidden file that does not match stays out anyway. An entry without a kind may be a directory.
    if verdict == .take || kind == .directory || kind == .unknown { hidden += 1 }
  }
}
