import SystemPackage
import ZminBase
import ZminIO
import ZminReport

/// The results of a run as OpenMetrics text, as the textfile collector of a node exporter reads it.
enum MetricsFile {
  /// Writes the file completely or not at all.
  ///
  /// - Throws: ``FileError``.
  static func write(
    _ statistics: RunStatistics, fileCount: Int, seconds: Double, exitCode: Int32, to path: FilePath, files: FileAccess
  ) throws(FileError) {
    try OutputFile(at: path, using: files).commit([
      text(statistics, fileCount: fileCount, seconds: seconds, exitCode: exitCode)
    ])
  }

  private static func text(_ statistics: RunStatistics, fileCount: Int, seconds: Double, exitCode: Int32) -> String {
    let counts = [
      ("ok", statistics.validFiles), ("invalid", statistics.invalidFiles + statistics.unminifiedFiles),
      ("failed", statistics.failedFiles),
      ("skipped", statistics.skippedFiles), ("not_reached", max(0, fileCount - statistics.files)),
    ]
    return """
      # TYPE zmin_files gauge
      # HELP zmin_files Files of the last run, by result.
      \(counts.map { "zmin_files{status=\"\($0.0)\"} \($0.1)" }.joined(separator: "\n"))
      # TYPE zmin_input_bytes gauge
      # UNIT zmin_input_bytes bytes
      # HELP zmin_input_bytes Bytes that the last run read.
      zmin_input_bytes \(statistics.inputBytes)
      # TYPE zmin_output_bytes gauge
      # UNIT zmin_output_bytes bytes
      # HELP zmin_output_bytes Bytes of minified output.
      zmin_output_bytes \(statistics.outputBytes)
      # TYPE zmin_stored_input_bytes gauge
      # UNIT zmin_stored_input_bytes bytes
      # HELP zmin_stored_input_bytes Size of the inputs on the disk, compressed or not.
      zmin_stored_input_bytes \(statistics.storedInputBytes)
      # TYPE zmin_stored_output_bytes gauge
      # UNIT zmin_stored_output_bytes bytes
      # HELP zmin_stored_output_bytes Size of the outputs on the disk, compressed or not.
      zmin_stored_output_bytes \(statistics.storedOutputBytes)
      # TYPE zmin_duration_seconds gauge
      # UNIT zmin_duration_seconds seconds
      # HELP zmin_duration_seconds Duration of the last run.
      zmin_duration_seconds \(Figures.fixed(seconds, digits: 3))
      # TYPE zmin_exit_status gauge
      # HELP zmin_exit_status Exit status of the last run.
      zmin_exit_status \(exitCode)
      # EOF

      """
  }
}
