import Testing

/// Runs with a Vulkan device, from outside: a software device here, which must be named.
@Suite("Runs with a device", .enabled(if: SoftwareDevice.isThere, "there is no software Vulkan device"))
struct DeviceRunTests {
  private static let records = (0..<30_000).map {
    "{ \"id\" : \($0),\t\"text\" : \"a \\\"b\\\" é\", \"n\" : [ 1.5, -2e3 ] }"
  }
  private static let gpu = ["O": "--mode gpu --device llvmpipe"]

  @Test("A device gives the same bytes", arguments: ["--mode gpu", "--mode hybrid", "--mode gpu --verify"])
  func sameBytes(_ mode: String) throws {
    let scratch = try Scratch()
    try scratch.write("[\n" + Self.records.joined(separator: ",\n") + "]\n", to: "a.json")
    try scratch.write(Self.records.joined(separator: "\r\n\n"), to: "c.jsonl")
    let run = try ZminProgram.shell(
      """
      for f in a.json c.jsonl; do
        $ZMIN --mode standard $f -o min && $ZMIN $O $f -o out && cmp min out || exit 9
      done
      """,
      ["O": mode + " --device llvmpipe"], in: scratch)
    #expect(run.ending == .exit(0), "\(run.errors)")
  }

  @Test("Statistics count the slices of a device")
  func statistics() throws {
    let scratch = try Scratch()
    try scratch.write("[\n" + Self.records.joined(separator: ",\n") + "]\n", to: "a.json")
    let run = try ZminProgram.shell("$ZMIN $O --stats --log json a.json -o out", Self.gpu, in: scratch)
    #expect(run.errors.contains("+gpu") && run.errors.contains("device minified "))
    #expect(run.errors.contains("\"engine\":\""))
  }

  @Test("A device changes no message, and in place replaces only files that change")
  func sameMessages() throws {
    let scratch = try Scratch()
    var records = Self.records
    records[25_000] = "{ \"id\" : 01 }"
    try scratch.write("[\n" + records.joined(separator: ",\n") + "]\n", to: "a.json")
    try scratch.write("[\n" + Self.records.joined(separator: ",\n") + "]\n", to: "b.json")
    let expected = try ZminProgram.shell("$ZMIN --mode standard a.json -o out", in: scratch)
    #expect(expected.errors.contains(":25002:11: leading zero"))
    let run = try ZminProgram.shell("$ZMIN $O a.json -o out; s=$?; ls; exit $s", Self.gpu, in: scratch)
    #expect(run.errors == expected.errors && run.output == "a.json\nb.json\n" && run.ending == .exit(1))
    let inPlace = try ZminProgram.shell(
      "$ZMIN b.json -o min; $ZMIN $O -i b.json a.json; s=$?; cmp b.json min && exit $s", Self.gpu, in: scratch)
    #expect(inPlace.ending == .exit(1))
  }

  @Test("Small and unusual inputs give the same bytes with a device")
  func smallInputs() throws {
    let scratch = try Scratch()
    for (name, text) in [("empty", ""), ("one", "1"), ("blank", " \n "), ("mark", "\u{FEFF}[ 1 ]"), ("cut", "[1, 2")] {
      try scratch.write(text, to: name)
      let expected = try ZminProgram.shell("$ZMIN --mode standard \(name)", in: scratch)
      let run = try ZminProgram.shell("$ZMIN $O \(name)", Self.gpu, in: scratch)
      #expect(run.output == expected.output && run.errors == expected.errors && run.ending == expected.ending)
    }
    let pipe = try ZminProgram.shell("echo '[ 1 ]' | $ZMIN $O -v", Self.gpu, in: scratch)
    #expect(pipe.output == "[1]" && pipe.errors.contains("the GPU is not used: the input is not seekable"))
  }

  @Test("No file is left out of a run, even if all are empty, links or missing")
  func emptyFiles() throws {
    let cases = [
      (": > in/a.json; : > in/b.json", "in"), ("ln -s a.json in/b.json", "in"), (":", "nowhere"),
      (": > in/a.json; echo '[1]' > in/b.json", "in"),
    ]
    for (make, name) in cases {
      let scratch = try Scratch()
      let filter = "sed 's/\"seconds\":[0-9.]*//; s/,\"fallback\".*/}/'"
      let arguments = "--log json -rt \(name) 2>&1 | \(filter) | sort; exit ${PIPESTATUS[0]}"
      let expected = try ZminProgram.shell("mkdir in; \(make); $ZMIN \(arguments)", in: scratch)
      let run = try ZminProgram.shell("$ZMIN $O \(arguments)", Self.gpu, in: scratch)
      #expect(run.ending == expected.ending && run.output.contains("\"not_reached\":0"), "\(make): \(run.output)")
      #expect(run.output == expected.output)
    }
  }

  @Test("Without a device gpu is exit 4, and the other modes fall back and say why")
  func noDevice() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    let nowhere = "VK_DRIVER_FILES=/nonexistent VK_ICD_FILENAMES=/nonexistent "
    for environment in ["", nowhere] {
      let options = environment.isEmpty ? "" : " --device llvmpipe"
      let gpu = try ZminProgram.shell(
        "\(environment)$ZMIN --mode gpu\(options) a.json -o out; s=$?; ls; exit $s", in: scratch)
      #expect(gpu.ending == .exit(4) && gpu.output == "a.json\n")
      #expect(gpu.errors.hasPrefix("zmin: --mode gpu: ") && gpu.errors.split(separator: "\n").count == 1)
      let hybrid = try ZminProgram.shell("\(environment)$ZMIN --mode hybrid\(options) -v a.json", in: scratch)
      #expect(hybrid.ending == .exit(0) && hybrid.output == "[1]")
    }
    let unknown = try ZminProgram.run(["--mode", "gpu", "--device", "no such", "a.json"], in: scratch)
    #expect(unknown.ending == .exit(4) && unknown.errors.contains("no device 'no such'; choose one of: 0 "))
    let listing = try ZminProgram.shell("\(nowhere)$ZMIN devices", in: scratch)
    #expect(listing.ending == .exit(0) && listing.output.contains("Vulkan devices:\n  none: "))
  }

  @Test("A run over many files gives the same bytes with a device")
  func bulk() throws {
    let scratch = try Scratch()
    try scratch.write("[\n" + Self.records.joined(separator: ",\n") + "]\n", to: "a.json")
    let run = try ZminProgram.shell(
      """
      mkdir d && cp a.json d/one.json && cp a.json d/two.json && echo '{"a" : 1}' > d/three.jsonl \
      && $ZMIN a.json -o min && $ZMIN $O -r d --output-dir e --stats && cmp min e/one.json && cmp min e/two.json \
      && cat e/three.jsonl
      """, Self.gpu, in: scratch)
    #expect(run.ending == .exit(0) && run.output == "{\"a\":1}\n", "\(run.errors)")
    #expect(run.errors.contains("device minified "))
  }

  @Test("devices --self-test tests every stage of a device")
  func selfTest() throws {
    let run = try ZminProgram.run(["devices", "--self-test", "--device", "llvmpipe"])
    #expect(run.ending == .exit(0) && run.output.contains("every stage agrees with the reference"))
    #expect(run.output.contains("not used by auto: software device; use --device to select it"))
    let unknown = try ZminProgram.run(["devices", "--device", "no such"])
    #expect(unknown.ending == .exit(4))
  }
}

/// The device that these tests run on.
enum SoftwareDevice {
  static let isThere =
    (try? ZminProgram.run(["devices", "--find", "--device", "llvmpipe"]).output.hasPrefix("found ")) == true
}
