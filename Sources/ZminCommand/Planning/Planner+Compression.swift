import ZminCodec
import ZminFiles
import ZminIO

extension Planner {
  /// The options for compressed files. The threads and the memory of decoders are decided later.
  ///
  /// - Throws: ``PlanError`` if an option has no effect, or asks for what a form does not have.
  func codecs(_ task: Plan.Task) throws(PlanError) -> CodecOptions {
    let compression = OutputCompression(
      form: options.compression.form, level: options.compression.level, layout: options.compression.layout)
    try check(compression, task)
    var codecs = CodecOptions()
    codecs.compression = compression
    codecs.plainBytesMax = options.compression.plainBytesMax?.byteCount ?? .max
    codecs.refusesLargerOutputs = options.compression.refusesLargerOutputs
    codecs.readsOutputsBack = options.verification == .stored
    if codecs.readsOutputsBack, !task.writesFiles {
      throw .usage("--verify=stored needs an output file; use --output, --in-place or --output-dir")
    }
    if codecs.refusesLargerOutputs, case .write(.standardOutput) = task {
      throw .usage("--never-larger needs an output file; use --output or --output-dir")
    }
    return codecs
  }

  /// The memory of decoder and encoder for the costliest of these inputs.
  func codecBytes(of inputs: [Plan.Input], _ run: RunOptions, workers: Int) -> (decoder: Int, encoder: Int) {
    var (decoder, encoder) = (0, 0)
    for input in inputs {
      let name: [UInt8]? = if case .path(let path) = input.source { path.bytes } else { nil }
      let bytes = run.codecs.usualBytes(forName: name, to: run.task.destination, workers: workers)
      (decoder, encoder) = (max(decoder, bytes.decoder), max(encoder, bytes.encoder))
    }
    return (decoder, encoder)
  }

  private func check(_ compression: OutputCompression, _ task: Plan.Task) throws(PlanError) {
    if options.compression.isWalked, !options.bulk.isRecursive { throw .usage("--compressed needs --recursive") }
    if compression.form != nil, !task.writesOutput {
      throw .usage("--compress cannot be used with --test or --check, which write no output")
    }
    let form = compression.form ?? OutputCompression.usualForm(of: task.destination)
    let dependent = [
      compression.level.map { _ in "--level" }, compression.layout.map { _ in "--layout" },
      options.compression.refusesLargerOutputs ? "--never-larger" : nil,
    ].compactMap(\.self).first
    switch form {
    case .same: break
    case .encoded(let form):
      do throws(CompressionRefusal) {
        _ = try compression.encoding(form)
      } catch {
        throw .usage(FailureMessage.text(for: error))
      }
    case .none:
      if let dependent { throw .usage("\(dependent) needs compressed output; use --compress, or -o with .gz or .zst") }
    }
  }
}
