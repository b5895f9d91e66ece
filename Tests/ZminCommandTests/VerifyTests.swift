import Testing
import ZminCPU

@Suite("--verify")
struct VerifyTests {
  @Test("--verify gives the same bytes in every mode and format", arguments: ["all", "sample"])
  func agrees(_ extent: String) throws {
    let scratch = try Scratch()
    let records = (0..<30_000).map { "{ \"n\" : \($0), \"text\": \"a \\\"b\\\" é\" }\n" }.joined()
    try scratch.write(records, to: "a.ndjson")
    try scratch.write("[" + records.split(separator: "\n").joined(separator: ",\n") + "]", to: "a.json")
    for options in ["--mode standard", "--mode streaming -j3", "--no-validate --mode streaming -j2"] {
      for kernel in Kernel.available {
        let run = try ZminProgram.shell(
          """
          for f in json ndjson; do
            $ZMIN --mode standard a.$f -o expected || exit 7
            $ZMIN $O --kernel $K --verify=$E a.$f | cmp - expected || exit 8
            cat a.$f | $ZMIN $O --kernel $K --verify=$E --format $f | cmp - expected || exit 9
          done
          """, ["O": options, "K": kernel.name, "E": extent], in: scratch)
        #expect(run.ending == .exit(0) && run.errors.isEmpty, "\(options) \(kernel): \(run.errors)")
      }
    }
  }

  @Test("--verify does not read a path as its value")
  func path() throws {
    let scratch = try Scratch()
    try scratch.write("[1, 2]", to: "input.json")
    let run = try ZminProgram.run(["--verify", "input.json"], in: scratch)
    #expect(run.ending == .exit(0) && run.output == "[1,2]")
  }

  @Test("--verify changes no message about invalid input")
  func invalid() throws {
    let scratch = try Scratch()
    try scratch.write("[1,,2]", to: "input.json")
    let run = try ZminProgram.run(["--verify", "input.json"], in: scratch)
    #expect(run.ending == .exit(1))
    #expect(run.errors == "zmin: input.json:1:4: value expected, found ',' (byte 3)\n")
  }
}
