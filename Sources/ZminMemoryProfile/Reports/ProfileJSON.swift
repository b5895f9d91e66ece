import SystemPackage
import ZminIO
import ZminMemory
package import ZminReport

/// The memory of a run as JSON. `Documentation/Guide/MemoryProfiling.md` documents the schema.
package struct ProfileJSON {
  /// The name of the schema. Keys may be added under it, never changed.
  package static let schema = "zmin-memory/1"

  private let profile: MemoryProfile

  package init(_ profile: MemoryProfile) { self.profile = profile }

  /// The report, with an LF at its end.
  package var text: String { value.text(.indented) + "\n" }

  /// The report as a value.
  package var value: JSONValue {
    [
      "schema": .string(Self.schema),
      "run": run,
      "peak_resident_bytes": JSONValue(profile.peakResidentBytes),
      "peak_total_bytes": JSONValue(profile.peakTotalBytes),
      "average_resident_bytes": JSONValue(profile.averageResidentBytes),
      "growth_bytes": JSONValue(profile.growthBytes),
      "predicted_peak_bytes": JSONValue(profile.predictedPeakBytes),
      "report_peak_resident_bytes": JSONValue(profile.reportPeakResidentBytes),
      "suggested_limit_bytes": JSONValue(profile.suggestedLimitBytes),
      "peak_device_bytes": JSONValue(profile.peakDeviceBytes),
      "leaked_bytes": .integer(profile.leakedBytes),
      "ledger": ledger,
      "pool": pool,
      "account": account,
      "kernel": kernel,
      "device": device,
      "helpers": .array(profile.helpers.map(helper)),
      "stages": .array(profile.stages.map(stage)),
      "commits": .array(profile.commits.map(commit)),
      "files": .array(profile.files.map(file)),
      "files_left_out": .integer(profile.filesLeftOut),
      "samples": samples,
      "events": events,
      "events_lost": .integer(profile.eventsLost),
      "leaks": .array(profile.leaks.map(leak)),
      "advice": .array(MemoryAdvice.advice(for: profile).map(advice)),
      "sampler": [
        "samples": .integer(profile.sampler.samples),
        "processor_seconds": .number(profile.sampler.processorSeconds),
        "interval_seconds": .number(profile.sampler.intervalSeconds),
      ],
    ]
  }

  private var run: JSONValue {
    let run = profile.run
    return [
      "version": .string(run.version),
      "command": .array(run.command.map(JSONValue.string)),
      "mode": .string(run.mode),
      "kernel": .string(run.kernel),
      "workers": .integer(run.workers),
      "inputs": .integer(run.inputCount),
      "input_bytes": .integer(run.inputBytes),
      "output_bytes": .integer(run.outputBytes),
      "elapsed_seconds": .number(run.elapsedSeconds),
      "started_unix_seconds": .integer(run.unixSeconds),
      "exit_status": .integer(run.exitStatus),
      "ending": .string(run.endingWords),
    ]
  }

  // MARK: The ledger

  private var ledger: JSONValue {
    let ledger = profile.ledger
    return [
      "total": usage(ledger.total),
      "host": usage(ledger.host),
      "domains": object(MemoryDomain.allCases, ledger.domains, usage),
      "purposes": object(MemoryPurpose.allCases, ledger.purposes, usage),
      "size_classes": .array(
        ledger.sizeClasses.sorted { $0.key < $1.key }.map {
          ["up_to_bytes": .integer(1 << $0.key), "allocations": .integer($0.value)]
        }),
      "peak": profile.peak.map { peak in
        [
          "seconds": .number(peak.seconds),
          "bytes": .integer(peak.byteCount),
          "stage": JSONValue(peak.stage?.rawValue.snakeCased),
          "file": file(peak.file),
          "purpose_bytes": object(MemoryPurpose.allCases, peak.bytes, JSONValue.integer),
        ]
      } ?? .null,
    ]
  }

  private func usage(_ usage: MemoryUsage) -> JSONValue {
    [
      "current_bytes": .integer(usage.currentBytes), "peak_bytes": .integer(usage.peakBytes),
      "allocations": .integer(usage.allocations), "frees": .integer(usage.frees),
    ]
  }

  /// An object with the keys that have a value, in the order of `keys`.
  private func object<Key: RawRepresentable<String> & Hashable, Value>(
    _ keys: [Key], _ values: [Key: Value], _ json: (Value) -> JSONValue
  ) -> JSONValue {
    .object(
      keys.compactMap { key in values[key].map { JSONValue.Member(key.rawValue.snakeCased, json($0)) } })
  }

  private var pool: JSONValue {
    let use = profile.poolUse
    return [
      "slots": .integer(use.slots), "takes": .integer(use.takes), "reuses": .integer(use.reuses),
      "filled_bytes": .integer(use.filledBytes), "room_bytes": .integer(use.roomBytes),
      "fragmentation_ratio": JSONValue(use.fragmentation),
      "slot_state_names": .array(PoolSlot.State.allCases.map { .string($0.words) }),
      "seen": .array(
        profile.pool.map {
          ["kind": .string($0.kind.rawValue), "capacity_bytes": .integer($0.capacityBytes)]
        }),
      "histories": .array(profile.slots.map(history)),
    ]
  }

  /// Columns with one entry a change of the slot's state.
  private func history(_ slot: SlotHistory) -> JSONValue {
    let changes = slot.timeline.changes
    return [
      "kind": .string(slot.kind.rawValue), "capacity_bytes": .integer(slot.capacityBytes),
      "resolution_seconds": .number(slot.timeline.resolutionSeconds),
      "seconds": .array(changes.map { .number($0.seconds - profile.run.monotonicSeconds) }),
      "states": .string(changes.map { "\($0.state.rawValue)" }.joined()),
    ]
  }

  private func leak(_ leak: LiveAllocation) -> JSONValue {
    [
      "purpose": .string(leak.purpose.rawValue.snakeCased), "bytes": .integer(leak.byteCount),
      "seconds": .number(leak.monotonicSeconds - profile.run.monotonicSeconds),
    ]
  }

  // MARK: Kernel and device

  private var account: JSONValue {
    guard let account = profile.account else { return .null }
    return [
      "seconds": .number(account.seconds),
      "resident_bytes": .integer(account.residentBytes),
      "anonymous_bytes": .integer(account.anonymousBytes),
      "file_bytes": .integer(account.fileBytes),
      "shared_bytes": .integer(account.sharedBytes),
      "start_anonymous_bytes": .integer(account.startAnonymousBytes),
      "ledger_bytes": object(MemoryDomain.allCases, account.ledgerBytes, JSONValue.integer),
      "heap_growth_bytes": .integer(account.heapGrowthBytes),
      "unaccounted_bytes": .integer(account.unaccountedBytes),
    ]
  }

  private var kernel: JSONValue {
    let kernel = profile.kernel
    return [
      "peak_resident_bytes": JSONValue(kernel.peakResidentBytes),
      "start_resident_bytes": JSONValue(kernel.startResidentBytes),
      "end_resident_bytes": JSONValue(kernel.endResidentBytes),
      "page_table_bytes": JSONValue(kernel.pageTableBytes),
      "swapped_bytes": JSONValue(kernel.swappedBytes),
      "minor_faults": JSONValue(kernel.minorFaults),
      "major_faults": JSONValue(kernel.majorFaults),
      "group_limit_bytes": JSONValue(kernel.groupLimitBytes),
      "group_usage_bytes": JSONValue(kernel.groupUsageBytes),
      "group_peak_bytes": JSONValue(kernel.groupPeakBytes),
      "group_cache_bytes": JSONValue(kernel.groupCacheBytes),
      "group_kills": JSONValue(kernel.groupKills),
      "stalled_seconds": JSONValue(kernel.stalledSeconds),
      "stalled_scope": kernel.stalledSeconds == nil ? .null : .string(kernel.isStallOfMachine ? "machine" : "group"),
    ]
  }

  private var device: JSONValue {
    guard let device = profile.device else { return .null }
    return [
      "name": .string(device.name), "driver": .string(device.driver),
      "shares_host_memory": .bool(device.sharesHostMemory), "is_software": .bool(device.isSoftware),
      "heaps": .array(
        device.heaps.map { heap in
          [
            "bytes": .integer(heap.byteCount), "is_device_local": .bool(heap.isDeviceLocal),
            "budget_bytes": JSONValue(heap.budgetBytes), "usage_bytes": JSONValue(heap.usageBytes),
          ]
        }),
    ]
  }

  // MARK: Over time

  private func stage(_ span: StageSpan) -> JSONValue {
    [
      "stage": .string(span.stage.rawValue.snakeCased), "file": file(span.file),
      "start_seconds": .number(span.startSeconds), "end_seconds": .number(span.endSeconds),
    ]
  }

  private func commit(_ span: CommitSpan) -> JSONValue {
    [
      "files": .integer(span.fileCount), "start_seconds": .number(span.startSeconds),
      "end_seconds": .number(span.endSeconds),
    ]
  }

  private func helper(_ helper: HelperFacts) -> JSONValue {
    [
      "purpose": "device_search", "start_seconds": .number(helper.startSeconds),
      "end_seconds": JSONValue(helper.endSeconds), "peak_resident_bytes": JSONValue(helper.peakResidentBytes),
      "peak_total_bytes": JSONValue(helper.peakTotalBytes),
    ]
  }

  /// An object with `path`, or with `path_base64` if the path is not UTF-8, as in the JSON log.
  private func file(_ name: FileName?) -> JSONValue {
    guard let name else { return .null }
    return switch name {
    case .standardInput, .standardOutput: ["path": .string("\(name)")]
    case .path(let path):
      String(validating: path.bytes, as: UTF8.self).map { ["path": .string($0)] }
        ?? ["path_base64": .string(Base64.encoded(path.bytes))]
    }
  }

  private func file(_ file: FileMemory) -> JSONValue {
    [
      "file": self.file(file.name), "input_bytes": .integer(file.inputBytes),
      "start_seconds": .number(file.startSeconds), "end_seconds": .number(file.endSeconds),
      "peak_resident_bytes": JSONValue(file.peakResidentBytes),
      "peak_allocated_bytes": JSONValue(file.peakAllocatedBytes),
    ]
  }

  private func advice(_ advice: MemoryAdvice) -> JSONValue {
    [
      "figure": .string(advice.figure), "value": .string(advice.value), "text": .string(advice.text),
      "option": .string(advice.option),
    ]
  }

  /// Columns with one entry an event.
  private var events: JSONValue {
    let events = profile.events
    return [
      "seconds": .array(events.map { .number($0.monotonicSeconds - profile.run.monotonicSeconds) }),
      "purpose": .array(events.map { .string($0.purpose.rawValue.snakeCased) }),
      "bytes": .array(events.map { .integer($0.byteCount) }),
    ]
  }

  /// Columns with one entry a sample.
  private var samples: JSONValue {
    let samples = profile.samples
    func column(_ value: (MemorySample) -> JSONValue) -> JSONValue { .array(samples.map(value)) }
    let domains = MemoryDomain.allCases.filter { domain in samples.contains { $0.allocated[domain] != nil } }
    func columns(_ values: @escaping (MemorySample) -> [MemoryDomain: Int]) -> JSONValue {
      .object(
        domains.map { domain in
          JSONValue.Member(domain.rawValue.snakeCased, column { .integer(values($0)[domain] ?? 0) })
        })
    }
    return [
      "seconds": column { .number($0.seconds) },
      "anonymous_bytes": column { JSONValue($0.anonymousBytes) },
      "file_bytes": column { JSONValue($0.fileBytes) },
      "shared_bytes": column { JSONValue($0.sharedBytes) },
      "helper_bytes": column { .integer($0.helperBytes) },
      "allocated_bytes": columns(\.allocated),
      "resident_bytes": columns(\.resident),
      "heap_used_bytes": column { .integer($0.heapUsedBytes) },
      "heap_held_bytes": column { .integer($0.heapHeldBytes) },
      "group_bytes": column { JSONValue($0.groupBytes) },
      "group_cache_bytes": column { JSONValue($0.groupCacheBytes) },
      "device_bytes": column { JSONValue($0.deviceBytes) },
      "input_bytes": column { .integer($0.inputBytes) },
      "files_done": column { .integer($0.filesDone) },
      "slot_states": column { .string($0.slots.map { "\($0.rawValue)" }.joined()) },
    ]
  }
}
