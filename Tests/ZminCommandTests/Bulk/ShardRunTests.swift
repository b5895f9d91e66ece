import Testing

@Suite("Runs of parts")
struct ShardRunTests {
  private func scratch() throws -> Scratch {
    try Scratch(
      Dictionary(
        uniqueKeysWithValues: (0..<120).map {
          ("in/d\($0 % 5)/\($0).json", "[ \($0) , \"\(String(repeating: "y", count: $0 * 31 % 900))\" ]")
        }))
  }

  @Test("Parts in place process every file once", arguments: ["", "--shard-plan plan"])
  func inPlace(_ plan: String) throws {
    let scratch = try scratch()
    let run = try ZminProgram.shell(
      """
      for k in 0 1 2 3 4 5 6; do $ZMIN -qri in --shard $k/7 \(plan) --log-file log || exit; done
      grep '"event":"file"' log | grep -c '"written":true'
      grep '"event":"file"' log | grep -o '"path":"[^"]*"' | sort | uniq -d
      $ZMIN -q -r --check in; echo $?
      """, in: scratch)
    #expect(run.output == "120\n0\n")
    #expect(run.errors.isEmpty)
  }

  @Test("Parts of a shard plan have similar sizes")
  func balance() throws {
    let scratch = try scratch()
    let run = try ZminProgram.shell(
      """
      for k in 0 1 2 3 4 5 6; do $ZMIN -rt in --shard $k/7 --shard-plan plan --log json 2>&1 \
        | grep summary | grep -o '"bytes_in":[0-9]*' | cut -d: -f2; done
      """, in: scratch)
    let sizes = run.output.split(separator: "\n").compactMap { Int($0) }
    #expect(sizes.count == 7)
    #expect(try #require(sizes.max()) * 10 <= #require(sizes.min()) * 11)
  }

  @Test("The part comes from the environment")
  func environment() throws {
    let scratch = try scratch()
    func files(_ variable: String, _ shard: String) throws -> String {
      try ZminProgram.shell("\(variable) $ZMIN -rt in --shard \(shard) -v 2>&1 | grep valid$ | sort; :", in: scratch)
        .output
    }
    let part = try files("", "2/5")
    #expect(try !part.isEmpty && files("SLURM_ARRAY_TASK_ID=2", "auto/5") == part)
    #expect(try files("JOB_COMPLETION_INDEX=2", "auto/5") == part)
    for (variable, words) in [
      ("SLURM_ARRAY_TASK_ID=5", "SLURM_ARRAY_TASK_ID is 5"), ("JOB_COMPLETION_INDEX=x", "is not a number"),
      ("", "neither"),
    ] {
      let run = try ZminProgram.shell("\(variable) $ZMIN -rt in --shard auto/5", in: scratch)
      #expect(run.ending == .exit(2))
      #expect(run.errors.contains(words))
    }
  }
}
