package import ArgumentParser
package import ZminCodec
package import ZminFiles

/// Options for compressed inputs and outputs.
package struct CompressionArguments: ParsableArguments, Sendable {
  /// The values of `--compress`.
  package enum FormChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case none, same, gzip, zstd

    package var form: OutputCompression.Form {
      switch self {
      case .none: .none
      case .same: .same
      case .gzip: .encoded(.gzip)
      case .zstd: .encoded(.zstd)
      }
    }
  }

  /// Parses a level of any form.
  ///
  /// - Throws: ``ValueRange``.
  @Sendable private static func level(_ argument: String) throws -> Int {
    try ValueRange("expected a number from 1 to 22").value(of: argument) {
      Int($0).flatMap { (1...22).contains($0) ? $0 : nil }
    }
  }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Write none, same, gzip or zstd",
      discussion: """
        Inputs in gzip, zstd, bzip2 and xz are recognised by their contents and decoded. same writes the form of the \
        input. Without this option, standard output is plain, -o follows the suffix .gz or .zst, and --in-place and \
        --output-dir keep the form of each input. bzip2 and xz are read only. --output-dir adapts the suffixes of names.
        """, valueName: "form"))
  package var compress: FormChoice?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Compress at level N: gzip 1-12, zstd 1-22",
      discussion: "The default is 6 for gzip, with output as small as that of gzip -6, and 3 for zstd.",
      valueName: "n"),
    transform: level)
  package var level: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Write single, blocks or bgzf",
      discussion: """
        single is one gzip member or zstd frame, which every program reads. blocks can be decoded in parallel and from \
        the middle: gzip members of 512 KiB that carry their size, or zstd frames of 4 MiB with a seek table. bgzf is \
        the gzip layout of bgzip. The default is the layout of an input in the same form, and otherwise single.
        """, valueName: "layout"))
  package var layout: Encoding.Layout?

  @Flag(
    help: ArgumentHelp(
      "Walk compressed files too: *.json.gz, *.ndjson.zst",
      discussion: "Without it a walk counts them. An --include that names such a suffix takes them as well."))
  package var compressed = false

  @Flag(
    help: ArgumentHelp(
      "Fail if compressed output is larger than its input",
      discussion: "In place, such a file is skipped in any case."))
  package var neverLarger = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Fail if an input decodes to more than SIZE", valueName: "size"),
    transform: { try ValueRange("expected a size such as 64Mi").value(of: $0, SizeArgument.init(argument:)) })
  package var maxPlainSize: SizeArgument?

  package init() {}
}

extension Encoding.Layout: ExpressibleByArgument {}
