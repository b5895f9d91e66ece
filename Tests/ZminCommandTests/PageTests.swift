import Foundation
import Glibc
import Testing

@Suite("Pages in a browser")
struct PageTests {
  private static let isLong = ProcessInfo.processInfo.environment["ZMIN_LONG_TESTS"] == "1"

  @Test(
    "The page of a run renders without errors in light and dark colours and on a phone",
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

  @Test(
    "The page of a benchmark renders without errors, with the rates of the JSON report",
    .enabled(if: isLong, "starts a browser: ZMIN_LONG_TESTS=1"),
    .enabled(if: access("/usr/bin/chromium", X_OK) == 0, "needs Debian's chromium"),
    arguments: [
      "--documents pretty", "--documents pretty,lines,nested",
      "--documents cjk --paths cpu,gpu,hybrid --device llvmpipe",
    ])
  func benchPage(_ options: String) throws {
    if options.contains("llvmpipe"), !SoftwareDevice.isThere { return }
    let scratch = try Scratch()
    let run = try ZminProgram.shell(
      """
      $ZMIN bench \(options) --size 400K --time 0.1 --report-format html --json-file r.json > page.html || exit 9
      $CHECK page.html --data r.json; s=$?
      $ZMIN bench \(options) --size 400K --time 0.1 --json-file other.json > /dev/null
      $CHECK page.html --data other.json && exit 8
      # A rate that is another one in the table alone.
      first='<tr><td>[^<]*<\\/td><td>'
      sed -E "0,/rate of each path/!{0,/$first[0-9]/s/($first)[0-9]/\\19/}" page.html > wrong.html
      cmp -s page.html wrong.html && exit 7
      $CHECK wrong.html && exit 6
      exit $s
      """, ["CHECK": ArticleTests.package.appending(path: "scripts/page-check").path], in: scratch)
    #expect(run.ending == .exit(0), "\(run.output)\(run.errors)")
    #expect(run.output.hasSuffix("nothing wrong\n"))
    #expect(run.errors.contains("is shown, ") && run.errors.contains("is not that of other.json"))
  }
}
