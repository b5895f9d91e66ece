internal import CZminVulkan

/// Runs slices through the stages of a device, and compares the buffers after each stage with its reference.
package struct StageComparison {
  private let lane: VulkanLane
  private let reader: StageReader
  /// Buffers after the previous slice. Bytes past the end of the next slice's output must stay the same.
  private var before: StageContents

  /// - Throws: ``VulkanError``.
  package init(sliceBytes: Int, on device: VulkanDevice) throws(VulkanError) {
    lane = try VulkanLane(sliceBytes: sliceBytes, on: device)
    reader = try StageReader(lane)
    before = try reader.run(VulkanLane.Request(kind: ProgramKind(isLines: false, checks: false), byteCount: 0))
  }

  /// Finds the first difference, in the order of stages. Returns nil if all stages agree with their references.
  ///
  /// - Parameters:
  ///   - slice: At most `sliceBytes` bytes.
  ///   - request: State before the slice. Its `byteCount` is ignored.
  ///   - junk: Byte to write after the slice. It must not matter.
  ///   - caseName: Name of the case, for the difference.
  /// - Throws: ``VulkanError``.
  package mutating func firstDifference(
    in slice: [UInt8], _ request: VulkanLane.Request, behind junk: UInt8 = 0, caseName: String
  ) throws(VulkanError) -> StageDifference? {
    var request = request
    request.byteCount = slice.count
    lane.input.copyBytes(from: slice)
    for index in slice.count..<min(slice.count + 64, lane.input.count) { lane.input[index] = junk }
    let contents = try reader.run(request)
    defer { before = contents }
    let (threads, isLines) = (lane.device.workgroupThreads, request.kind.isLines)
    let start: VulkanLane.EndState = request.startsInString ? .string : .outside
    do throws(StageDifference) {
      let summarise = SummariseReference(slice, isLines: isLines, threads: threads)
      let stage = StageExpectation(caseName: caseName, contents: contents, before: before)
      try stage.expect(summarise)
      let scan = ScanReference(slice, startingIn: start, isLines: isLines, threads: threads)
      try stage.expect(scan)
      let compact = CompactReference(slice, startingIn: start, isLines: isLines)
      try stage.expect(compact, checks: request.kind.checks)
      guard request.kind.checks else { return nil }
      try stage.expect(CheckReference(skeleton: compact.skeleton, request, threads: threads))
      return nil
    } catch {
      return error
    }
  }
}

/// Compares the buffers of one slice with the references.
private struct StageExpectation {
  let caseName: String
  let contents: StageContents
  let before: StageContents

  private static let checkFlags = UInt32(ZMIN_FLAG_TOKEN | ZMIN_FLAG_NUMBER | ZMIN_FLAG_LONG_NUMBER)

  func expect(_ reference: SummariseReference) throws(StageDifference) {
    try expect(reference.threadMaps, in: .threadMaps, .summarise)
    try expect(reference.tiles, in: .tiles, .summarise)
  }

  func expect(_ reference: ScanReference) throws(StageDifference) {
    let result = contents.result
    try expect(reference.starts, in: .starts, .scan)
    try expect(result.end_state, reference.end.rawValue, "end_state", .scan)
    try expect(result.kept_bytes, UInt32(reference.keptBytes), "kept_bytes", .scan)
    try expect(result.skeleton_bytes, UInt32(reference.skeletonBytes), "skeleton_bytes", .scan)
    try expect(result.check_groups.0, UInt32(reference.checkGroups), "check_groups[0]", .scan)
    try expect(result.check_groups.1, 1, "check_groups[1]", .scan)
    try expect(result.check_groups.2, 1, "check_groups[2]", .scan)
  }

  func expect(_ reference: CompactReference, checks: Bool) throws(StageDifference) {
    try expect(reference.kept, in: .kept)
    guard checks else { return }
    try expect(reference.skeleton, in: .skeleton)
    try expect(contents.result.flags & ~Self.checkFlags, reference.flags, .compact)
  }

  func expect(_ reference: CheckReference) throws(StageDifference) {
    try expect(contents.result.flags & Self.checkFlags, reference.flags, .check)
    try expect(contents.result.last_characters, reference.lastCharacters, "last_characters", .check)
    try expectRuns(reference.runs)
  }

  // MARK: Comparisons

  private func expect(
    _ words: [ExpectedWord], in binding: SliceBinding, _ stage: SliceStage
  ) throws(StageDifference) {
    for (index, word) in words.enumerated() where !word.matches(contents.word(index, of: binding)) {
      try expect(contents.word(index, of: binding) & word.mask, word.value, "\(binding)[\(index)]", stage)
    }
  }

  /// Compares the beginning of a buffer with `bytes`. The rest must be unchanged, except for the last word's padding.
  private func expect(_ bytes: [UInt8], in binding: SliceBinding) throws(StageDifference) {
    let found = contents.bytes(of: binding)
    if !found.starts(with: bytes) {
      for (index, (found, expected)) in zip(found, bytes).enumerated() {
        try expect(UInt32(found), UInt32(expected), "\(binding)[\(index)]", .compact)
      }
    }
    let untouched = (bytes.count + 3) / 4 * 4
    let (after, before) = (found.dropFirst(untouched), before.bytes(of: binding).dropFirst(untouched))
    if after.elementsEqual(before) { return }
    for (index, (after, before)) in zip(after, before).enumerated() {
      try expect(UInt32(after), UInt32(before), "\(binding)[\(untouched + index)] past the end", .compact)
    }
  }

  private func expect(_ found: UInt32, _ flags: ExpectedFlags, _ stage: SliceStage) throws(StageDifference) {
    if !flags.matches(found) { try expect(found, flags.required, "flags", stage) }
  }

  /// Compares runs. They may lie in any order, and must fill the used words without overlapping.
  private func expectRuns(_ runs: [[UInt8]]) throws(StageDifference) {
    var usedWords = 0
    let words = contents.bytes(of: .elements).count / 4
    var freeWords = FreeWords(count: min(Int(contents.result.element_words), words))
    for (index, run) in runs.enumerated() {
      let firstWord = Int(contents.word(2 * index, of: .elementRuns))
      try expect(
        contents.word(2 * index + 1, of: .elementRuns), UInt32(run.count), "elementRuns[\(index)].count", .check)
      let wordCount = (run.count + 3) / 4
      guard freeWords.take(firstWord, wordCount) else {
        throw difference("unshared words", "\(firstWord)", "elementRuns[\(index)].first", .check)
      }
      let found = contents.bytes(of: .elements).dropFirst(4 * firstWord).prefix(run.count)
      for (offset, (found, expected)) in zip(found, run).enumerated() {
        try expect(UInt32(found), UInt32(expected), "elements of run \(index)[\(offset)]", .check)
      }
      usedWords += wordCount
    }
    try expect(contents.result.element_words, UInt32(usedWords), "element_words", .check)
  }

  private func expect(
    _ found: UInt32, _ expected: UInt32, _ value: @autoclosure () -> String, _ stage: SliceStage
  ) throws(StageDifference) {
    if found != expected { throw difference("\(expected)", "\(found)", value(), stage) }
  }

  private func difference(_ expected: String, _ found: String, _ value: String, _ stage: SliceStage) -> StageDifference
  {
    StageDifference(caseName: caseName, stage: stage.name, value: value, expected: expected, found: found)
  }
}

/// Words of `elements` that no run has taken yet.
private struct FreeWords {
  private var isTaken: [Bool]

  init(count: Int) { isTaken = Array(repeating: false, count: count) }

  /// Takes words. Returns false if one is taken already or out of range.
  mutating func take(_ first: Int, _ count: Int) -> Bool {
    guard first <= isTaken.count - count, !isTaken[first..<first + count].contains(true) else { return false }
    for word in first..<first + count { isTaken[word] = true }
    return true
  }
}
