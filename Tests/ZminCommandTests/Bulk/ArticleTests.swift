import Foundation
import Glibc
import Testing

@Suite("Scripts for clusters")
struct ArticleTests {
  static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let hasJQ = access("/usr/bin/jq", X_OK) == 0

  /// A directory in which the commands run as printed, with `zmin` and a fake Slurm that runs the tasks of an array in
  /// turn.
  static func scratch() throws -> Scratch {
    let scratch = try Scratch([
      "dumps/a.json": "[ 1 ]", "dumps/2023/x/raw/b.json": "[ 2 ]", "dumps/2024/c.jsonl": "{ }\n[ 3 ]",
      "dumps/tmp/d.json": "[ 4 ]", "events.json": "{ \"a\" : 1 }", "inbox/a.json": "[ 1 ]", "inbox/b.json": "[2]",
    ])
    try ClusterTools.install(in: scratch)
    return scratch
  }

  @Test("The indices of the Kubernetes job process every file once")
  func kubernetes() throws {
    let manifest = try String(
      contentsOf: Self.package.appending(path: "scripts/kubernetes/minify-job.yaml"), encoding: .utf8)
    let completions = try #require(manifest.firstMatch(of: /completions: (\d+)/)?.output.1)
    #expect(manifest.contains("auto/\(completions) "))
    let start = try #require(manifest.range(of: ">-\n"))
    let end = try #require(manifest.range(of: "\n          resources:"))
    let command = manifest[start.upperBound..<end.lowerBound].split(separator: "\n").joined(separator: " ")
      .replacing("/data/", with: "")
    let scratch = try Self.scratch()
    let run = try ZminProgram.shell(
      """
      export PATH=$PWD/bin:$PATH; mkdir state
      for i in $(seq 0 $((\(completions) - 1))); do JOB_COMPLETION_INDEX=$i sh -c '\(command)' 2>> log || exit; done
      grep -c '"written":true' log; zmin -q -r --check dumps; echo $?; ls state | wc -l
      """, in: scratch)
    #expect(run.output == "4\n0\n17\n", "\(run.errors)")
  }

  @Test("Gathering names tasks that failed and tasks without an end", .enabled(if: hasJQ, "needs jq"))
  func gather() throws {
    let scratch = try Self.scratch()
    try scratch.write("[1,]", to: "dumps/bad.json")
    let run = try ZminProgram.shell(
      """
      export PATH=$PWD/bin:$PATH; export ZMIN
      sbatch --array=0-2 scripts/slurm/minify-array.sh dumps state 3 2> /dev/null > /dev/null
      scripts/slurm/gather.sh state 3; echo $?
      rm state/log.1; scripts/slurm/gather.sh state 3 | tail -1
      """, in: scratch)
    #expect(run.output.hasPrefix("invalid: dumps/bad.json: trailing comma in array\n5 files, 0 failed, 1 invalid, "))
    #expect(run.output.hasSuffix("\n1\nunfinished tasks: 1\n"), "\(run)")
  }
}
