package import ZminReport

extension BenchReport {
  /// The report as JSON, schema ``schema``.
  package var json: JSONValue {
    [
      "schema": .string(Self.schema), "version": .string(version), "commit": JSONValue(commit),
      "command": .string(command), "date": .string(date), "host": host.json, "device": device?.json ?? nil,
      "device_absence": JSONValue(deviceAbsence), "conditions": conditions.json,
      "documents": .array(documents.map(\.json)), "limits": .array(limits.map(\.json)),
      "results": .array(results.map { json(of: $0) }), "series": .array(series.map(\.json)),
      "break_even": breakEven?.json ?? nil, "advice": .string(advice),
      "warnings": .array(warnings.map(JSONValue.string)),
    ]
  }

  private func json(of result: Result) -> JSONValue {
    [
      "document": .string(result.document), "path": .string(result.path), "label": .string(label(of: result.path)),
      "engine": .string(result.engine), "mode": .string(result.mode.rawValue), "verified": .bool(result.isVerified),
      "gigabytes_per_second": JSONValue(result.gigabytesPerSecond),
      "median_seconds": JSONValue(result.medianSeconds),
      "samples_seconds": .array(result.samplesSeconds.map(JSONValue.number)), "spread": JSONValue(result.spread),
      "limit": JSONValue(result.limit), "limit_share": JSONValue(result.limitShare),
      "parts": .array(result.parts.map(\.json)), "threads": .integer(result.threads),
      "overlap": JSONValue(result.overlap), "accounted_share": JSONValue(result.accountedShare),
      "peak_host_bytes": .integer(result.peakHostBytes), "peak_device_bytes": .integer(result.peakDeviceBytes),
    ]
  }
}

extension BenchReport.Host {
  fileprivate var json: JSONValue {
    [
      "cpu": .string(cpu), "cpus": .integer(cpus), "kernel": .string(kernel), "memory_bytes": JSONValue(memoryBytes),
      "load_before": JSONValue(loadBefore), "load_after": JSONValue(loadAfter),
    ]
  }
}

extension BenchReport.Device {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "driver": .string(driver), "api": .string(api), "type": .string(type),
      "is_software": .bool(isSoftware), "memory_bytes": JSONValue(memoryBytes), "bus": JSONValue(bus),
      "setup_seconds": .number(setupSeconds), "setup": .array(setup.map(\.json)),
    ]
  }
}

extension BenchReport.Conditions {
  fileprivate var json: JSONValue {
    [
      "cache": .string(cache), "seed": JSONValue(seed.map { Int(clamping: $0) }), "workers": .integer(workers),
      "budget_seconds": .number(budgetSeconds),
    ]
  }
}

extension BenchReport.Document {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "format": .string(format), "bytes": .integer(bytes),
      "output_bytes": .integer(outputBytes), "whitespace_share": .number(whitespaceShare),
      "string_share": .number(stringShare), "non_ascii_share": .number(nonASCIIShare),
      "elements_per_kilobyte": .number(elementsPerKilobyte),
    ]
  }
}

extension BenchReport.Limit {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "document": JSONValue(document), "gigabytes_per_second": .number(gigabytesPerSecond),
      "samples_seconds": .array(samplesSeconds.map(JSONValue.number)),
    ]
  }
}

extension BenchReport.Part {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "seconds": .number(seconds), "thread_seconds": .number(threadSeconds),
      "parent": JSONValue(parent),
    ]
  }
}

extension BenchReport.SeriesPoint {
  fileprivate var json: JSONValue {
    [
      "path": .string(path), "bytes": .integer(bytes), "seconds": .number(seconds), "error": .number(error),
      "gigabytes_per_second": .number(gigabytesPerSecond),
    ]
  }
}

extension BenchReport.BreakEven {
  fileprivate var json: JSONValue {
    [
      "path": .string(path), "compared_with": .string(comparedWith), "setup_seconds": .number(setupSeconds),
      "bytes": JSONValue(bytes), "bytes_without_setup": JSONValue(bytesWithoutSetup),
    ]
  }
}
