import Foundation
import Testing
import ZminTestSupport

/// The file format of summaries: other programs and other versions of zmin read it.
@Suite("Summaries of parts") struct PartSummaryTests {
  private static let cases = [
    "0/1 list.json", "0/3 list.json", "1/3 list.json", "2/3 list.json", "0/2 lines.jsonl", "1/2 lines.jsonl",
    "1/2 values.txt --format concat", "1/2 broken.json", "1/2 string.json", "1/2 string.json --start string",
    "0/2 string.json --max-depth 3",
  ]

  private static let schema = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Documentation/Guide/part-summary.schema.json").standardized.path

  /// Debian's `python3-jsonschema`.
  private static let hasValidator = FileManager.default.isExecutableFile(atPath: "/usr/bin/jsonschema")

  private static let inputs = #"""
    # Spaces put the tokens behind the cuts, which keep their distance from the ends of a file.
    printf '[ 1.5e3, "a \\u00e9\\n b",%6000s\n { "k": [ ] },%6000s{ "k": [ true,\n null ] } ]\n' '' '' > list.json
    printf '{ "id": 1 }%4000s\r\n{ "id": 2 }\n%4000s{ "id": [ ] }\n' '' '' > lines.jsonl
    printf '{ } [ 1 ] "x" %6000s 2\n3 4' '' > values.txt
    printf '[ 1, 2,%6000s 3, 4, } ]' '' > broken.json; printf '[ [ "%06000d" ] ]' 0 > string.json
    """#

  @Test("A summary is that of summaries.txt")
  func golden() throws {
    let text = try Self.cases.map { arguments in
      let run = try ZminProgram.shell(
        """
        \(Self.inputs)
        $ZMIN part \(arguments) --input-id tag -o part; sed 's/\\("zmin_version": \\).*/\\1"V",/' part.summary
        """, in: try Scratch())
      return "$ zmin part \(arguments)\n\(run.output)"
    }.joined(separator: "\n")
    #expect(try GoldenFile.text("summaries.txt", recording: text) == text)
  }

  @Test("Every summary fits the schema, and a damaged one does not", .enabled(if: hasValidator))
  func schema() throws {
    let calls = Self.cases.enumerated().map { number, arguments in
      "$ZMIN part \(arguments) --input-id tag -o part-\(number) 2> /dev/null"
    }.joined(separator: "\n")
    let run = try ZminProgram.shell(
      """
      \(Self.inputs)
      \(calls)
      for i in *.summary; do /usr/bin/jsonschema -i $i $SCHEMA || echo $i; done; ls *.summary | wc -l
      sed 's/"start": "between"/"start": "beside"/' part-0.summary > damaged
      /usr/bin/jsonschema -i damaged $SCHEMA > /dev/null 2>&1 && echo taken
      grep -v '"minified"' part-0.summary > damaged
      /usr/bin/jsonschema -i damaged $SCHEMA > /dev/null 2>&1 && echo taken
      sed 's/"zmin_part": 1/"zmin_part": 2/' part-0.summary > damaged
      /usr/bin/jsonschema -i damaged $SCHEMA > /dev/null 2>&1 || echo refused
      """, ["SCHEMA": Self.schema],
      in: try Scratch())
    #expect(run.output == "\(Self.cases.count)\nrefused\n", "\(run)")
  }
}
