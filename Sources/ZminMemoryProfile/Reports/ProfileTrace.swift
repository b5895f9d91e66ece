import ZminMemory
package import ZminReport

/// The memory of a run as counters and slices over time, for Perfetto and `chrome://tracing`.
///
/// The form is the Trace Event Format's (Google, "Trace Event Format", JSON object form): times in microseconds.
package struct ProfileTrace {
  /// Smaller allocations are no events of their own; they are in the counters.
  private static let eventBytesMin = 64 << 10

  private let profile: MemoryProfile

  package init(_ profile: MemoryProfile) { self.profile = profile }

  /// The trace, with an LF at its end.
  package var text: String { value.text(.compact) + "\n" }

  /// The trace.
  package var value: JSONValue {
    ["displayTimeUnit": "ms", "traceEvents": .array(names + counters + stages + files + marks)]
  }

  private enum Row: Int {
    case stages = 1, files, ledger
  }

  private func event(_ phase: String, _ name: String, _ seconds: Double, _ more: [JSONValue.Member]) -> JSONValue {
    .object(
      [
        JSONValue.Member("ph", .string(phase)), JSONValue.Member("name", .string(name)), JSONValue.Member("pid", 1),
        JSONValue.Member("ts", .number((seconds * 1e6).rounded())),
      ] + more)
  }

  private var names: [JSONValue] {
    let title = "zmin \(profile.run.version), \(profile.run.mode)"
    return [event("M", "process_name", 0, [JSONValue.Member("args", ["name": .string(title)])])]
      + [(Row.stages, "stages"), (.files, "files"), (.ledger, "ledger")].map { row, name in
        event(
          "M", "thread_name", 0,
          [JSONValue.Member("tid", .integer(row.rawValue)), JSONValue.Member("args", ["name": .string(name)])])
      }
  }

  private func counter(_ name: String, _ seconds: Double, _ values: [(String, Int?)]) -> JSONValue? {
    let known = values.compactMap { pair in pair.1.map { JSONValue.Member(pair.0, .integer($0)) } }
    return known.isEmpty ? nil : event("C", name, seconds, [JSONValue.Member("args", .object(known))])
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
    _ name: String, _ startSeconds: Double, _ endSeconds: Double, in row: Row, _ arguments: JSONValue
  ) -> JSONValue {
    event(
      "X", name, startSeconds,
      [
        JSONValue.Member("tid", .integer(row.rawValue)),
        JSONValue.Member("dur", .number(((endSeconds - startSeconds) * 1e6).rounded())),
        JSONValue.Member("args", arguments),
      ])
  }

  private var stages: [JSONValue] {
    profile.stages.map { span in
      slice(
        span.stage.words, span.startSeconds, span.endSeconds, in: .stages,
        span.file.map { ["file": .string($0)] } ?? [:])
    }
  }

  private var files: [JSONValue] {
    profile.files.map { file in
      slice(
        file.name, file.startSeconds, file.endSeconds, in: .files,
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
        JSONValue.Member("tid", .integer(Row.ledger.rawValue)), JSONValue.Member("s", .string(scope)),
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
