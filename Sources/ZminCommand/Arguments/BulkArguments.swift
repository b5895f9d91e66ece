package import ArgumentParser

/// Options that select files, divide a run into parts, and continue an earlier run.
package struct BulkArguments: ParsableArguments, Sendable {
  @Flag(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Walk directories",
      discussion: """
        Files are processed in the order of the bytes of their names. A symbolic link inside a directory is followed \
        only with --follow-symlinks. No file is processed twice. Hidden files and directories and files that match no \
        pattern are skipped and counted. A walk that finds no file is exit 1 with --test and --check.
        """))
  package var recursive = false

  @Flag(
    help: ArgumentHelp(
      "Walk hidden files and directories too",
      discussion: "Their names begin with a dot. Paths that are named, also by --files-from, are never skipped."))
  package var hidden = false

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Process only files that match GLOB (repeatable)",
      discussion: """
        The default is *.json, *.ndjson, *.jsonl and *.jsonlines. *, ? and [...] match within a name. ** matches any \
        number of directories. A pattern without a slash is compared with the name, a pattern with a slash with the \
        path below the argument. The case of letters makes no difference.
        """, valueName: "glob"))
  package var include: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Skip files and directories that match GLOB", valueName: "glob"))
  package var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read names of inputs from FILE (-: standard input)",
      discussion: """
        FILE has one name a line. With --output-dir, relative names keep their directories.
        """, valueName: "file"))
  package var filesFrom: PathArgument?

  @Flag(name: [.customShort("0"), .customLong("null")], help: "Split the list at NUL instead of LF")
  package var null = false

  @Option(
    help: ArgumentHelp(
      "Record finished files in FILE and skip them later",
      discussion: """
        A file is processed again if its input or output has changed or is missing, or if the options or the version \
        are different. An output is compared by its time, or by its hash where an equal time proves nothing. Each line \
        of FILE has fields separated by tabs: zmin1, the file's size and time (ns), the output's size, XXH64 and time, \
        options, version, path.
        """, valueName: "file"))
  package var journal: PathArgument?

  @Option(
    help: ArgumentHelp(
      "Process part K of N, counted from 0, or auto/N",
      discussion: """
        The part of a file depends only on its path below the argument. auto reads K from SLURM_ARRAY_TASK_ID or \
        JOB_COMPLETION_INDEX.
        """, valueName: "k/n"),
    transform: {
      try ValueRange("expected K/N with K from 0 to N - 1, or auto/N").value(of: $0, ShardArgument.init(argument:))
    })
  package var shard: ShardArgument?

  @Option(
    help: ArgumentHelp(
      "Balance the parts by size, as FILE says",
      discussion: "The first task to start writes FILE.", valueName: "file"))
  package var shardPlan: PathArgument?

  package init() {}
}
