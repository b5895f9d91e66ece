import ZminMemory
package import ZminReport

/// The memory of a run as counters and slices over time, for Perfetto and `chrome://tracing`.
///
/// The format is the JSON object format of Google's "Trace Event Format". Times are in microseconds.
package struct ProfileTrace {
  /// The smallest allocation with an event of its own. The counters include all.
  private static let eventBytesMin = 64 << 10

  private let profile: MemoryProfile

  package init(_ profile: MemoryProfile) { self.profile = profile }

  /// The trace, with an LF at its end.
  package var text: String { value.text(.compact) + "\n" }

  /// The trace as a value.
  package var value: JSONValue {
    let groups = groups
    let events = names(groups) + counters + slices(groups) + marks
    return ["displayTimeUnit": "ms", "traceEvents": .array(events)]
  }

  /// The rows of the trace. Slices of one row must not overlap, so files that were processed at the same time are in
  /// different rows.
  private enum Row {
    static let stages = 1
    static let ledger = 2
    static let firstOthers = 3
  }

  /// A slice of time in one of several rows with the same name.
  private struct Slice {
    let name: String
    let startSeconds: Double
    let endSeconds: Double
    let arguments: JSONValue
  }

  /// Slices of one kind, in as many rows as slices overlap.
  private struct Group {
    let name: String
    let slices: [Slice]
    /// The row of each slice, counted from the first row of the group.
    let rows: [Int]
    let rowCount: Int

    init(_ name: String, _ slices: [Slice]) {
      self.name = name
      self.slices = slices
      rows = ProfileTrace.rows(of: slices)
      rowCount = (rows.max() ?? -1) + 1
    }
  }

  private var groups: [Group] {
    let named = [Group("syncing", commits), Group("helper processes", helpers), Group("files", files)]
    return (named + slots).filter { !$0.slices.isEmpty }
  }

  /// The row of each slice, counted from the first row of their group.
  private static func rows(of slices: [Slice]) -> [Int] {
    var ends: [Double] = []
    var rows = [Int](repeating: 0, count: slices.count)
    for index in slices.indices.sorted(by: { slices[$0].startSeconds < slices[$1].startSeconds }) {
      let row = ends.firstIndex { $0 <= microseconds(slices[index].startSeconds) } ?? ends.count
      if row == ends.count { ends.append(0) }
      ends[row] = microseconds(slices[index].endSeconds)
      rows[index] = row
    }
    return rows
  }

  private static func microseconds(_ seconds: Double) -> Double { max(0, (seconds * 1e6).rounded()) }

  private func event(_ phase: String, _ name: String, _ seconds: Double, _ more: [JSONValue.Member]) -> JSONValue {
    .object(
      [
        JSONValue.Member("ph", .string(phase)), JSONValue.Member("name", .string(name)), JSONValue.Member("pid", 1),
        JSONValue.Member("ts", .number(Self.microseconds(seconds))),
      ] + more)
  }

  private func names(_ groups: [Group]) -> [JSONValue] {
    let title = "zmin \(profile.run.version), \(profile.run.mode)"
    return [event("M", "process_name", 0, [JSONValue.Member("args", ["name": .string(title)])])]
      + rows(groups).flatMap { row, name in
        [
          event(
            "M", "thread_name", 0,
            [JSONValue.Member("tid", .integer(row)), JSONValue.Member("args", ["name": .string(name)])]),
          event(
            "M", "thread_sort_index", 0,
            [JSONValue.Member("tid", .integer(row)), JSONValue.Member("args", ["sort_index": .integer(row)])]),
        ]
      }
  }

  private func rows(_ groups: [Group]) -> [(Int, String)] {
    var rows = [(Row.stages, "stages"), (Row.ledger, "ledger")]
    for group in groups {
      rows += (0..<group.rowCount).map { row in
        (rows.count + 1 + row, group.rowCount > 1 ? "\(group.name) \(row + 1)" : group.name)
      }
    }
    return rows
  }

  private func counter(_ name: String, _ seconds: Double, _ values: [(String, Int?)]) -> JSONValue? {
    let known = values.compactMap { pair in pair.1.map { JSONValue.Member(pair.0, .integer($0)) } }
    // A plain `nil` would become the JSON value null.
    guard !known.isEmpty else { return Optional.none }
    return event("C", name, seconds, [JSONValue.Member("args", .object(known))])
  }

  private var counters: [JSONValue] {
    profile.samples.flatMap { sample in
      [
        counter(
          "resident by the kernel", sample.seconds,
          [
            ("anonymous", sample.anonymousBytes), ("file", sample.fileBytes), ("shared", sample.sharedBytes),
          ]),
        counter(
          "allocated by the ledger", sample.seconds,
          MemoryDomain.allCases.filter(\.holdsBuffers).map { ($0.rawValue.snakeCased, sample.allocated[$0] ?? 0) }),
        counter("stacks by the ledger", sample.seconds, [("reserved", sample.allocated[.stack])]),
        counter(
          "helper processes", sample.seconds, [("resident", profile.helpers.isEmpty ? nil : sample.helperBytes)]),
        counter("device by the ledger", sample.seconds, [("device_local", sample.allocated[.deviceLocal])]),
        counter("device by its driver", sample.seconds, [("used", sample.deviceBytes)]),
        counter("control group", sample.seconds, [("usage", sample.groupBytes), ("cache", sample.groupCacheBytes)]),
        counter("input read", sample.seconds, [("bytes", sample.inputBytes)]),
      ].compactMap(\.self)
    }
  }

  private func slice(
    _ name: String, _ startSeconds: Double, _ endSeconds: Double, in row: Int, _ arguments: JSONValue
  ) -> JSONValue {
    event(
      "X", name, startSeconds,
      [
        JSONValue.Member("tid", .integer(row)),
        JSONValue.Member("dur", .number(max(0, Self.microseconds(endSeconds) - Self.microseconds(startSeconds)))),
        JSONValue.Member("args", arguments),
      ])
  }

  private var stages: [JSONValue] {
    profile.stages.map { span in
      slice(
        span.stage.words, span.startSeconds, span.endSeconds, in: Row.stages,
        span.file.map { ["file": .string("\($0)")] } ?? [:])
    }
  }

  /// All slices: stages, then each group in its rows.
  private func slices(_ groups: [Group]) -> [JSONValue] {
    var events = stages
    var firstRow = Row.firstOthers
    for group in groups {
      events += zip(group.slices, group.rows).map { one, row in
        slice(one.name, one.startSeconds, one.endSeconds, in: firstRow + row, one.arguments)
      }
      firstRow += group.rowCount
    }
    return events
  }

  private var files: [Slice] {
    profile.files.map { file in
      Slice(
        name: "\(file.name)", startSeconds: file.startSeconds, endSeconds: file.endSeconds,
        arguments: [
          "input_bytes": .integer(file.inputBytes), "peak_resident_bytes": JSONValue(file.peakResidentBytes),
          "peak_allocated_bytes": JSONValue(file.peakAllocatedBytes),
        ])
    }
  }

  private var commits: [Slice] {
    profile.commits.map { span in
      Slice(
        name: "sync and name", startSeconds: span.startSeconds, endSeconds: span.endSeconds,
        arguments: ["files": .integer(span.fileCount)])
    }
  }

  private var helpers: [Slice] {
    profile.helpers.map { helper in
      Slice(
        name: "search for a device", startSeconds: helper.startSeconds,
        endSeconds: helper.endSeconds ?? profile.spanSeconds,
        arguments: [
          "peak_resident_bytes": JSONValue(helper.peakResidentBytes),
          "peak_total_bytes": JSONValue(helper.peakTotalBytes),
        ])
    }
  }

  /// A group for each slot, with a slice for each state but free.
  private var slots: [Group] {
    profile.slots.enumerated().map { index, slot in
      let changes = slot.timeline.changes
      let ends = changes.dropFirst().map(\.seconds) + [profile.run.monotonicSeconds + profile.spanSeconds]
      let slices = zip(changes, ends).filter { $0.0.state != .free }.map { change, end in
        Slice(
          name: change.state.words, startSeconds: change.seconds - profile.run.monotonicSeconds,
          endSeconds: end - profile.run.monotonicSeconds, arguments: [:])
      }
      return Group("\(slot.kind.rawValue) \(index)", slices)
    }
  }

  private func mark(_ name: String, _ seconds: Double, scope: String, _ byteCount: Int) -> JSONValue {
    event(
      "i", name, seconds,
      [
        JSONValue.Member("tid", .integer(Row.ledger)), JSONValue.Member("s", .string(scope)),
        JSONValue.Member("args", ["bytes": .integer(byteCount)]),
      ])
  }

  private var marks: [JSONValue] {
    let peak = profile.peak.map { [mark("peak", $0.seconds, scope: "p", $0.byteCount)] } ?? []
    return peak
      + profile.events.filter { $0.byteCount.magnitude >= Self.eventBytesMin }.map { event in
        mark(
          "\(event.byteCount > 0 ? "allocate" : "free") \(event.purpose.words)",
          max(0, event.monotonicSeconds - profile.run.monotonicSeconds), scope: "t", event.byteCount)
      }
  }
}
