import SystemPackage
import ZminBench
import ZminCPU
import ZminCore
import ZminIO
import ZminVulkanEngine

/// The step from arguments of `zmin bench` to a plan.
struct BenchPlanner {
  let command: BenchCommand
  let environment: any Environment

  /// The default size of a generated document.
  private static let usualBytes = 64_000_000

  /// - Throws: ``PlanError``.
  func plan(commandLine: [String]) throws(PlanError) -> BenchPlan {
    if command.threshold != nil { throw .usage("--threshold needs --compare") }
    let (paths, areNamed) = try paths()
    let workers = EngineArguments.workers(command.jobs, of: environment.limits.processorCount)
    let scratch =
      command.scratchDir?.path ?? FilePath(environment.variable("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp")
    var plan = BenchPlan(sources: try sources(), paths: paths, workers: workers, scratchDirectory: scratch)
    plan.requiresDevice = areNamed && paths.contains(where: \.usesDevice) || command.device != nil
    plan.device = selector(areNamed: areNamed)
    plan.cache = command.cache == .cold ? .cold : .warm
    plan.seed = command.seed
    if let seconds = command.time { plan.budgetSeconds = seconds }
    plan.version = VersionText.number
    plan.commit = VersionText.commit
    plan.command = (["zmin"] + commandLine).joined(separator: " ")
    return plan
  }

  private func selector(areNamed: Bool) -> DeviceSelector? {
    if let device = command.device { return .named(device) }
    return environment.hidesDevices && !areNamed ? nil : .best
  }

  private func paths() throws(PlanError) -> ([BenchPath], areNamed: Bool) {
    guard let list = command.paths else {
      return (BenchPath.ofProcessor + [.gpu, .hybrid], false)
    }
    var paths: [BenchPath] = []
    for name in list.split(separator: ",").map(String.init) {
      guard let path = BenchPath.named(name) else {
        throw .usage("unknown path '\(name)'; the paths are \(BenchPath.all.map(\.name).joined(separator: ", "))")
      }
      if case .kernel(let kernel) = path, let missing = kernel.missingFeature {
        throw .engineUnavailable("--paths \(name): this CPU lacks \(missing)")
      }
      if !paths.contains(path) { paths.append(path) }
    }
    if paths.isEmpty { throw .usage("--paths names no path") }
    if command.device != nil, !paths.contains(where: \.usesDevice) {
      throw .usage("--device needs gpu or hybrid among --paths")
    }
    return (paths, true)
  }

  private func sources() throws(PlanError) -> [BenchPlan.Source] {
    if command.files.isEmpty { return try generatedSources() }
    if command.size != nil { throw .usage("--size cannot be used with files") }
    if command.documents != nil { throw .usage("--documents cannot be used with files") }
    var sources: [BenchPlan.Source] = []
    for argument in command.files {
      if argument.isStandardStream { throw .usage("standard input cannot be timed; give zmin bench files") }
      if let kind = environment.facts(about: argument.path)?.kind, kind != .regular {
        throw .usage("\(FileName.path(argument.path)): not a regular file")
      }
      sources.append(.file(argument.path, command.format.format(of: argument.path)))
    }
    return sources
  }

  private func generatedSources() throws(PlanError) -> [BenchPlan.Source] {
    if command.format != .auto { throw .usage("--format needs files") }
    let byteCount = command.size?.byteCount ?? Self.usualBytes
    if byteCount < 1 { throw .usage("--size must be at least 1") }
    guard let list = command.documents else {
      return DocumentKind.ofBench.map { .generated($0, byteCount: byteCount) }
    }
    var sources: [BenchPlan.Source] = []
    for name in list.split(separator: ",").map(String.init) {
      guard let kind = DocumentKind(rawValue: name) else {
        let names = DocumentKind.ofBench.map(\.rawValue).joined(separator: ", ")
        throw .usage("unknown document '\(name)'; the documents are \(names)")
      }
      sources.append(.generated(kind, byteCount: byteCount))
    }
    if sources.isEmpty { throw .usage("--documents names no document") }
    return sources
  }
}
