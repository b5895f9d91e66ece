import Foundation
import Glibc
import Testing

@Suite("Pages in a browser")
struct PageTests {
  private static let isLong = ProcessInfo.processInfo.environment["ZMIN_LONG_TESTS"] == "1"

  @Test(
    "The page of a run draws without a fault in the colours of day and night, and on a phone",
    .enabled(if: isLong, "starts a browser: ZMIN_LONG_TESTS=1"),
    .enabled(if: access("/usr/bin/chromium", X_OK) == 0, "needs Debian's chromium"))
  func memoryPage() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell(
      """
      mkdir in && for size in 1 100 10000 1000000; do
        { printf '[ '; yes '[ 1, "<b>&amp;" ],' | head -n $size; printf 'null ]'; } > "in/<$size>&.json"
      done
      $ZMIN --memory-report=html --memory-report-file page.html -r --output-dir out in && $CHECK page.html
      """, ["CHECK": ArticleTests.package.appending(path: "scripts/page-check").path], in: scratch)
    #expect(run.ending == .exit(0), "\(run.output)\(run.errors)")
    #expect(run.output.hasSuffix("nothing wrong\n"))
  }
}
