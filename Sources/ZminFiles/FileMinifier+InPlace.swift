import ZminBase
import ZminCodec
import ZminEngine
import ZminIO

extension FileMinifier {
  /// Minifies a file in place. A compressed file keeps its form, unless another is asked for.
  mutating func replace(
    _ source: FileSource, _ rules: InPlaceRules, _ minimumSaving: MinimumSaving?
  ) throws -> FileOutcome {
    let file = try open(source)
    try file.checkReplaceable(under: rules)
    var input = FileReader(file)
    let codec = try input.codec()
    let encoding = try encoding(of: codec, &input, to: .inPlace(rules, minimumSaving))
    do {
      let keepsForm = encoding?.form.rawValue == codec?.rawValue
      if keepsForm, let outcome = try outcomeIfUnchanged(source, input, codec, of: file) {
        file.noteKeptFiles()
        return outcome
      }
      return try replace(source, file, codec, encoding, rules, minimumSaving)
    } catch let error as DecodingError {
      var outcome = FileOutcome(source: source, result: .failed(error))
      outcome.totals.inputBytes = error.plainOffset
      return outcome
    }
  }

  private mutating func replace(
    _ source: FileSource, _ file: OpenedFile, _ codec: Codec?, _ encoding: Encoding?, _ rules: InPlaceRules,
    _ minimumSaving: MinimumSaving?
  ) throws -> FileOutcome {
    var input = FileReader(file)
    input.rewind()
    var output = EncodedSink(fileOutput(try OutputFile(replacing: file, under: rules, sync: sync)))
    try begin(&output, encoding, storedBytesMax: minimumSaving == .any ? .max : Int(file.status.size))
    var outcomes = [try run(source, input, codec, of: file, to: &output, recording(source, output))]
    if outcomes[0].isValid { try output.finish(&outcomes) }
    outcomes[0].sourceStatus = file.status
    // The bytes written up to the limit are no size to report.
    if output.hasOutgrownLimit { outcomes[0].storedOutputBytes = outcomes[0].storedInputBytes }
    let isSmaller = outcomes[0].storedOutputBytes < outcomes[0].storedInputBytes
    outcomes[0].isNotSmaller = outcomes[0].isCompressed && minimumSaving != .any && !isSmaller
    guard outcomes[0].isReplaced(minimumSaving) else {
      outcomes[0].storedOutputBytes = outcomes[0].storedInputBytes
      return outcomes[0]
    }
    try file.checkReadInFull(extentOfLast)
    try commit(output, &outcomes)
    return outcomes[0]
  }

  /// The outcome of a file that stays as it is, since it is minified already or not valid. Nil if it changes or has bad
  /// lines for the record.
  ///
  /// A minified file so costs no write. Any other file costs one window more.
  private mutating func outcomeIfUnchanged(
    _ source: FileSource, _ input: consuming FileReader, _ codec: Codec?, of file: OpenedFile
  ) throws -> FileOutcome? {
    // The hash is one of the file, and so not of decoded bytes.
    var detector = EncodedSink(ChangeDetector(isHashed: ending.isHashed && codec == nil))
    do {
      var outcome = try run(source, input, codec, of: file, to: &detector, .change)
      if case .complete(let totals) = outcome.result, !totals.isUnchanged { return nil }
      outcome.sourceStatus = file.status
      outcome.storedOutputBytes = outcome.storedInputBytes
      outcome.outputHash = detector.base.hash?.value
      return outcome
    } catch is ChangeDetector.Changed {
      return nil
    }
  }
}
