import ZminBase

/// A drawing with its title, legend and data.
package struct Plot {
  /// A row of the legend.
  struct Key {
    let name: String
    /// The CSS classes that give its colour.
    let style: String
  }

  let title: String
  /// A sentence or two on the contents of the plot and how to read it.
  let caption: String
  var keys: [Key] = []
  /// Draws the plot at the width of the drawing, nil if there is nothing to draw.
  var draw: ((inout Drawing) -> Void)?
  /// The same data as a table.
  var head: [String] = []
  var rows: [[String]] = []
  /// Remarks, such as on samples left out of the drawing or the table.
  var notes: [String] = []

  /// The most rows that the table shows. The data embedded in the page has all.
  static let rowsMax = 500

  init(_ title: String, _ caption: String) {
    self.title = title
    self.caption = caption
  }

  /// The plot as an HTML `figure`.
  var html: String {
    let name = Markup.escaped(title)
    guard let draw else {
      return "<figure><figcaption><h3>\(name)</h3></figcaption><p class=\"absent\">Not measured.</p></figure>"
    }
    let legend = keys.map { "<li><i class=\"\($0.style)\"></i>\(Markup.escaped($0.name))</li>" }.joined()
    let drawings = Drawing.widths.map { width in
      var drawing = Drawing(width: width)
      draw(&drawing)
      return drawing.svg(name: title)
    }
    let notes =
      (notes + (rows.count > Self.rowsMax ? ["The table shows the first \(Self.rowsMax) of \(rows.count) rows."] : []))
      .map { "<p class=\"note\">\(Markup.escaped($0))</p>" }.joined()
    return """
      <figure class="plot"><figcaption><h3>\(name)</h3><p>\(Markup.escaped(caption))</p></figcaption>
      \(keys.isEmpty ? "" : "<ul class=\"legend\">\(legend)</ul>")
      \(drawings.joined(separator: "\n"))
      <output aria-live="polite">Point at the plot or use the arrow keys to read its values.</output>
      \(notes)<details><summary>Values as a table</summary><div class="wide" tabindex="0">\
      \(Self.table(head, Array(rows.prefix(Self.rowsMax))))</div></details>
      </figure>
      """
  }

  /// A table in HTML. All columns but the first hold numbers.
  static func table(_ head: [String], _ rows: [[String]]) -> String {
    let heads = head.map { "<th scope=\"col\">\(Markup.escaped($0))</th>" }.joined()
    let body = rows.map { "<tr>" + $0.map { "<td>\(Markup.escaped($0))</td>" }.joined() + "</tr>" }
    return "<table><thead><tr>\(heads)</tr></thead><tbody>\n\(body.joined(separator: "\n"))\n</tbody></table>"
  }

  /// The CSS classes of the n-th of several series. After seven colours they repeat, paler. Grey, `c0`, is never taken.
  static func style(_ number: Int) -> String { "c\(1 + number % 7)\(number < 7 ? "" : " pale")" }

  /// The name cut to fit `width`. Its beginning is cut, as the end of a path tells more.
  static func shortened(_ name: String, _ width: Double) -> String {
    var count = name.count
    while count > 1, Drawing.width(of: String(name.suffix(count))) > width { count -= 1 }
    return count == name.count ? name : "…" + name.suffix(max(count - 1, 1))
  }
}
