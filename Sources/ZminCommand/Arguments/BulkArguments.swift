package import ArgumentParser

/// Which files are taken of many, and how a run is cut into parts and goes on where another stopped.
package struct BulkArguments: ParsableArguments, Sendable {
  @Flag(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Walk directories.",
      discussion: """
        Files come in the order of their names' bytes. Symbolic links that are met are followed only with \
        --follow-symlinks. Nothing is taken twice.
        """))
  package var recursive = false

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Take only such files of directories (repeatable; default: *.json *.ndjson *.jsonl *.jsonlines).",
      discussion: """
        *, ? and [...] match within a name, ** any number of directories. A pattern without a slash is matched with the \
        name, one with a slash with the path below the argument.
        """, valueName: "glob"))
  package var include: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Pass by such files and directories (repeatable).", valueName: "glob"))
  package var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      "Take the files that FILE names, one a line; - is standard input.",
      discussion: "Relative paths keep their directories under --output-dir.", valueName: "file"))
  package var filesFrom: PathArgument?

  @Flag(name: [.customShort("0"), .customLong("null")], help: "Names in --files-from end with NUL instead of LF.")
  package var null = false

  @Option(
    help: ArgumentHelp(
      "Write a line to FILE for each file that is done, and skip those that it says are.",
      discussion: """
        What was done with other options or another version, or whose input or output has changed or is gone, is done \
        again. An output is known by its time, or by its hash where an equal time proves nothing. Lines are fields with \
        tabs between them: zmin1, the file's size and time (ns), the output's size, XXH64 and time, options, version, \
        path.
        """, valueName: "file"))
  package var journal: PathArgument?

  @Option(
    help: ArgumentHelp(
      "Take part K of N, from 0: 3/8; auto/8 takes K from the environment.",
      discussion: """
        A file's part depends on its path below the argument alone. auto reads SLURM_ARRAY_TASK_ID or \
        JOB_COMPLETION_INDEX.
        """, valueName: "k/n"),
    transform: {
      try ValueRange("K/N with K from 0 to N - 1, or auto/N, is taken").value(of: $0, ShardArgument.init(argument:))
    })
  package var shard: ShardArgument?

  @Option(
    help: ArgumentHelp(
      "Cut into parts by bytes, as FILE says; the first task to come writes it.", valueName: "file"))
  package var shardPlan: PathArgument?

  package init() {}
}
