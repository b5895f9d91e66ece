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
    ["displayTimeUnit": "ms", "traceEvents": .array(names + counters + stages + files + marks)]
  }

  /// The rows of the trace. Slices of one row must not overlap, so files that were processed at the same time are in
  /// different rows.
  private enum Row {
    static let stages = 1
    static let ledger = 2
    static let firstFiles = 3
  }

  /// The row of each file, counted from the first row of files.
  private var fileRows: [Int] {
    var ends: [Double] = []
    var rows = [Int](repeating: 0, count: profile.files.count)
    for index in profile.files.indices.sorted(by: { profile.files[$0].startSeconds < profile.files[$1].startSeconds }) {
      let file = profile.files[index]
      let row = ends.firstIndex { $0 <= Self.microseconds(file.startSeconds) } ?? ends.count
      if row == ends.count { ends.append(0) }
      ends[row] = Self.microseconds(file.endSeconds)
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

  private var names: [JSONValue] {
    let title = "zmin \(profile.run.version), \(profile.run.mode)"
    return [event("M", "process_name", 0, [JSONValue.Member("args", ["name": .string(title)])])]
      + rows.flatMap { row, name in
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

  private var rows: [(Int, String)] {
    let fileRowCount = (fileRows.max() ?? -1) + 1
    return [(Row.stages, "stages"), (Row.ledger, "ledger")]
      + (0..<fileRowCount).map { (Row.firstFiles + $0, fileRowCount > 1 ? "files \($0 + 1)" : "files") }
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
          MemoryDomain.allCases.filter(\.isHost).map { ($0.rawValue.snakeCased, sample.allocated[$0] ?? 0) }),
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

  private var files: [JSONValue] {
    zip(profile.files, fileRows).map { file, row in
      slice(
        "\(file.name)", file.startSeconds, file.endSeconds, in: Row.firstFiles + row,
        [
          "input_bytes": .integer(file.inputBytes), "peak_resident_bytes": JSONValue(file.peakResidentBytes),
          "peak_allocated_bytes": JSONValue(file.peakAllocatedBytes),
        ])
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
