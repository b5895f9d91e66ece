import Testing

@testable import ZminReport

/// A page with any content is well formed and complete in itself, and its colours have enough contrast.
@Suite struct PageTests {
  private static let nasty = "</script><b onclick=\"x\">&amp; '\u{0}\u{1B}é😀.json"

  private static func course(_ count: Int, _ value: Double?) -> Plot {
    var course = Plot.Course()
    course.seconds = (0..<count).map { Double($0) / 10 }
    course.areas = [.init(nasty, course.seconds.map { _ in value }), .init("b", course.seconds.map { _ in value })]
    course.lines = [.init("limit", course.seconds.map { _ in value })]
    course.bands = [.init(nasty, startSeconds: 0, endSeconds: 1), .init("c", startSeconds: 0.5, endSeconds: 0.5)]
    course.mark = (0, value ?? 0, nasty)
    return .course(nasty, nasty, course)
  }

  /// Plots of each kind, with ordinary and with extreme data.
  private static func plots(_ value: Double) -> [Plot] {
    [
      course(0, value), course(1, value), course(3, nil), course(1000, value),
      .bars(nasty, nasty, [], .bytes), .bars("b", "", [.init(nasty, [])], .bytes),
      .bars(
        "b", "", [.init(nasty, [(nasty, value), ("d", value)], limit: value, range: 0...value, note: nasty)], .seconds),
      .histogram("h", nasty, classes: [:], of: "calls"),
      .histogram("h", nasty, classes: [0: 0, 40: Int(clamping: value)], of: "calls"),
      .heatMap("m", "", rows: [], states: [], seconds: [], cells: []),
      .heatMap("m", "", rows: [nasty, "b"], states: ["free", nasty], seconds: [0, 1, 2], cells: [[], [0], [9, 1]]),
      .heatMap(
        "m", "", rows: (0..<200).map { "\($0)" }, states: ["free"], seconds: (0..<999).map { Double($0) },
        cells: [[Int]](repeating: [Int](repeating: 0, count: 200), count: 999)),
      .scatter("s", "", [], axes: ("x", "y"), .bytes),
      .scatter("s", "", [.init(nasty, [(value, value, nasty)])], axes: (nasty, nasty), .bytes, mark: (value, nasty)),
      .scatter("s", "", [.init("a", [(0, 0, "a"), (1, 1e9, "b")], isLine: true)], axes: ("x", "y"), .plain("×")),
    ]
  }

  private static func page(_ value: Double) -> String {
    var page = Page(title: nasty, subtitle: nasty, data: ["name": .string(nasty), "value": .number(value)])
    page.add(cards: [(nasty, nasty, nasty)])
    page.add(heading: nasty)
    page.add(paragraph: nasty)
    page.add(list: [nasty])
    page.add(table: [nasty], [[nasty]])
    for plot in plots(value) { page.add(plot) }
    return page.html
  }

  @Test(arguments: [0, 1, 1e-300, 4096, 1.5e9, 1e300]) func isWellFormed(_ value: Double) throws {
    let html = Self.page(value)
    #expect(PageReader.fault(in: html) == nil)
    #expect(!html.contains("onclick=\"x\""))
    #expect(!html.contains("\u{0}") && !html.contains("\u{1B}"))
    #expect(!html.contains("nan") && !html.contains("inf\""))
  }

  @Test func loadsNothingFromTheNetwork() {
    let html = Self.page(1)
    for word in ["http:", "https:", "@import", "url(", "src=", "<link"] { #expect(!html.contains(word)) }
    #expect(html.contains("default-src 'none'"))
  }

  @Test func embedsTheDataUnchanged() throws {
    let html = Self.page(2.5)
    let opener = try #require(html.firstRange(of: "id=\"data\">"))
    let rest = html[opener.upperBound...]
    let closer = try #require(rest.firstRange(of: "</script>"))
    #expect(
      try JSONValue(reading: String(rest[..<closer.lowerBound])) == ["name": .string(Self.nasty), "value": 2.5])
  }

  @Test func plotsWithoutDataSayNotMeasured() {
    for plot in [Self.course(0, 1), .bars("b", "", [], .bytes), .histogram("h", "", classes: [:], of: "calls")] {
      #expect(plot.html.contains("Not measured.") && !plot.html.contains("<svg"))
    }
    #expect(Self.course(3, nil).rows.allSatisfy { $0.dropFirst().allSatisfy { $0 == "not reported" } })
  }

  /// The ratios of WCAG 2.2: 4.5 for text (1.4.3), 3 for graphics (1.4.11).
  @Test(arguments: [false, true]) func coloursHaveEnoughContrast(_ isDark: Bool) throws {
    let colours = Dictionary(uniqueKeysWithValues: Page.colours.map { ($0.name, isDark ? $0.dark : $0.light) })
    func ratio(_ one: String, _ other: String) throws -> Double {
      let values = try [one, other].map { try Self.luminance(try #require(colours[$0])) }
      return (try #require(values.max()) + 0.05) / (try #require(values.min()) + 0.05)
    }
    for paper in ["paper", "card"] {
      for ink in ["ink", "soft"] { #expect(try ratio(ink, paper) >= 4.5, "\(ink) on \(paper)") }
    }
    #expect(try ratio("c3", "paper") >= 4.5, "names in bands")
    for name in colours.keys where name.hasPrefix("c") && name.count == 2 || name == "mark" {
      #expect(try ratio(name, "card") >= 3, "\(name)")
    }
  }

  private static func luminance(_ colour: String) throws -> Double {
    let value = try #require(Int(colour.dropFirst(), radix: 16))
    let parts = [16, 8, 0].map { shift in
      let part = Double(value >> shift & 255) / 255
      // Approximates the standard's power of 2.4 without the C library.
      return part <= 0.04045 ? part / 12.92 : power((part + 0.055) / 1.055)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }

  /// The power of 2.4: the square times the fifth root of the square.
  private static func power(_ base: Double) -> Double {
    let square = base * base
    var root = 1.0
    for _ in 0..<100 { root = (4 * root + square / (root * root * root * root)) / 5 }
    return square * root
  }
}
