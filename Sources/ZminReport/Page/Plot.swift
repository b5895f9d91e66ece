/// A drawing with its title, legend and data.
package struct Plot {
  /// A row of the legend.
  struct Key {
    let name: String
    /// Which of the palette's colours, or a class of its own.
    let style: String
  }

  let title: String
  /// What it shows and how to read it, in a sentence.
  let caption: String
  var keys: [Key] = []
  /// The elements of the drawing, empty if there is nothing to draw.
  var drawing = ""
  var height = 0.0
  /// The same in figures: a head and rows.
  var head: [String] = []
  var rows: [[String]] = []
  /// Said in place of the drawing.
  var absence = "Not measured."

  /// How wide drawings are, in their own units.
  static let width = 720.0

  /// The figure as HTML.
  var html: String {
    let name = Markup.escaped(title)
    guard !drawing.isEmpty else {
      return
        "<figure><figcaption><h3>\(name)</h3></figcaption><p class=\"absent\">\(Markup.escaped(absence))</p></figure>"
    }
    let legend = keys.map { "<li><i class=\"\($0.style)\"></i>\(Markup.escaped($0.name))</li>" }.joined()
    return """
      <figure class="plot"><figcaption><h3>\(name)</h3><p>\(Markup.escaped(caption))</p></figcaption>
      \(keys.isEmpty ? "" : "<ul class=\"legend\">\(legend)</ul>")
      <svg viewBox="0 0 \(Markup.number(Self.width)) \(Markup.number(height))" role="img" tabindex="0" aria-label="\(name)">
      \(drawing)</svg>
      <output aria-live="polite">Point at the plot, or focus it and press the arrow keys.</output>
      <details><summary>Figures</summary><div class="wide">\(table)</div></details>
      </figure>
      """
  }

  private var table: String { Self.table(head, rows) }

  /// A table; all columns but the first are numbers.
  static func table(_ head: [String], _ rows: [[String]]) -> String {
    let heads = head.map { "<th>\(Markup.escaped($0))</th>" }.joined()
    let body = rows.map { "<tr>" + $0.map { "<td>\(Markup.escaped($0))</td>" }.joined() + "</tr>" }.joined(
      separator: "\n")
    return "<table><thead><tr>\(heads)</tr></thead><tbody>\n\(body)\n</tbody></table>"
  }

  // MARK: Parts of drawings

  static func text(_ text: String, _ x: Double, _ y: Double, _ style: String = "") -> String {
    "<text x=\"\(Markup.number(x))\" y=\"\(Markup.number(y))\" class=\"\(style)\">\(Markup.escaped(text))</text>\n"
  }

  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
    """
    <line x1="\(Markup.number(x1))" y1="\(Markup.number(y1))" x2="\(Markup.number(x2))" y2="\(Markup.number(y2))" \
    class="\(style)"/>

    """
  }

  static func bar(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String) -> String {
    """
    <rect x="\(Markup.number(x))" y="\(Markup.number(y))" width="\(Markup.number(max(width, 0)))" \
    height="\(Markup.number(max(height, 0)))" class="\(style)"/>

    """
  }

  /// Where pointer and keys find a value.
  static func hit(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ value: String) -> String {
    """
    <rect x="\(Markup.number(x))" y="\(Markup.number(y))" width="\(Markup.number(max(width, 1)))" \
    height="\(Markup.number(max(height, 1)))" class="hit" data-value="\(Markup.escaped(value))"><title>\
    \(Markup.escaped(value))</title></rect>

    """
  }

  /// A name that fits a place of so many characters: its end tells more than its beginning.
  static func shortened(_ name: String, _ length: Int) -> String {
    name.count <= length ? name : "…" + name.suffix(length - 1)
  }
}
