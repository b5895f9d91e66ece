import SystemPackage
import Testing
import ZminIO

@Suite struct RoundTripTests {
  @Test func newFileAppearsOnCommitOnly() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("out.json")
    var output = try OutputFile(at: path)
    try output.write(text: "[1]")
    #expect(directory.content(of: "out.json") == nil)
    #expect(output.bytesWritten == 3)
    try output.commit()
    #expect(directory.content(of: "out.json") == "[1]")
    #expect(directory.names == ["out.json"])
  }
}
