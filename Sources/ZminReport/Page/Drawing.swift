/// The elements of an SVG image and its size.
struct Drawing {
  /// The widths of drawings for a screen and for a phone, in units of about a pixel.
  static let widths = [720.0, 340.0]
  /// An upper bound of the average width of a letter.
  private static let letterWidth = 7.0

  let width: Double
  var height = 0.0
  private(set) var elements = ""

  init(width: Double) { self.width = width }

  /// True if names do not fit beside a plot.
  var isNarrow: Bool { width < 500 }

  /// The approximate width of a text.
  static func width(of text: String) -> Double { letterWidth * Double(text.count) }

  mutating func add(text: String, _ x: Double, _ y: Double, _ style: String = "") {
    let style = style.isEmpty ? "" : " class=\"\(style)\""
    elements += "<text x=\"\(Markup.number(x))\" y=\"\(Markup.number(y))\"\(style)>\(Markup.escaped(text))</text>\n"
  }

  mutating func add(lineFrom x1: Double, _ y1: Double, to x2: Double, _ y2: Double, _ style: String) {
    elements += "<path d=\"M\(Markup.point(x1, y1))L\(Markup.point(x2, y2))\" class=\"\(style)\"/>\n"
  }

  mutating func add(path points: [(x: Double, y: Double)], isClosed: Bool = false, _ style: String) {
    guard let first = points.first else { return }
    let path = points.dropFirst().map { "L\(Markup.point($0.x, $0.y))" }.joined()
    elements += "<path d=\"M\(Markup.point(first.x, first.y))\(path)\(isClosed ? "Z" : "")\" class=\"\(style)\"/>\n"
  }

  mutating func add(bar x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String) {
    elements += "<rect \(Markup.frame(x, y, max(width, 0), max(height, 0))) class=\"\(style)\"/>\n"
  }

  /// Adds a marker for a point. Series differ in shape as well as in colour.
  mutating func add(sign number: Int, _ x: Double, _ y: Double, _ style: String) {
    let outlines: [[(Double, Double)]] = [
      [], [(-4, -4), (4, -4), (4, 4), (-4, 4)], [(0, -5), (5, 4), (-5, 4)], [(0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)],
    ]
    let outline = outlines[number % outlines.count]
    if outline.isEmpty {
      elements += "<circle cx=\"\(Markup.number(x))\" cy=\"\(Markup.number(y))\" r=\"4.5\" class=\"\(style)\"/>\n"
    } else {
      add(path: outline.map { (x + $0.0, y + $0.1) }, isClosed: true, style)
    }
  }

  /// Adds an invisible area that shows `value` when the pointer or the arrow keys reach it.
  mutating func add(hit x: Double, _ y: Double, _ width: Double, _ height: Double, _ value: String) {
    elements +=
      "<rect \(Markup.frame(x, y, max(width, 1), max(height, 1))) class=\"hit\"><title>\(Markup.escaped(value))"
      + "</title></rect>\n"
  }

  /// Adds the lines and labels of a vertical axis.
  mutating func add(upwards axis: Axis, from left: Double, to right: Double) {
    for tick in axis.ticks {
      add(lineFrom: left, axis.coordinate(of: tick), to: right, axis.coordinate(of: tick), "grid")
      add(text: axis.text(tick), left - 6, axis.coordinate(of: tick) + 4, "end")
    }
  }

  /// Adds the lines and labels of a horizontal axis.
  mutating func add(rightwards axis: Axis, from top: Double, to bottom: Double, hasLines: Bool = true) {
    for tick in axis.ticks {
      let text = axis.text(tick)
      if hasLines { add(lineFrom: axis.coordinate(of: tick), top, to: axis.coordinate(of: tick), bottom, "grid") }
      // The last label must stay inside the picture.
      let x = min(axis.coordinate(of: tick), width - 2 - Self.width(of: text) / 2)
      add(text: text, x, bottom + 19, "middle")
    }
  }

  /// The drawing as an `svg` element.
  func svg(name: String) -> String {
    """
    <svg viewBox="0 0 \(Markup.number(width)) \(Markup.number(height))" class="\(isNarrow ? "narrow" : "broad")" \
    role="img" tabindex="0" aria-label="\(Markup.escaped(name))">
    \(elements)</svg>
    """
  }
}
