/// An HTML page that loads nothing from the network. Its script only shows the values under the pointer.
package struct Page {
  package let title: String
  /// One line under the title.
  package let subtitle: String
  /// Pieces of HTML, in order.
  private var body: [String] = []
  /// The data that the page was drawn from, embedded for programs.
  private let data: JSONValue

  package init(title: String, subtitle: String, data: JSONValue) {
    self.title = title
    self.subtitle = subtitle
    self.data = data
  }

  package mutating func add(_ plot: Plot) { body += [plot.html, "\n"] }

  package mutating func add(heading: String) { body.append("<h2>\(Markup.escaped(heading))</h2>\n") }

  package mutating func add(paragraph: String) { body.append("<p>\(Markup.escaped(paragraph))</p>\n") }

  /// Adds single figures, each with its name.
  package mutating func add(cards: [(name: String, value: String, note: String)]) {
    let cards = cards.map { card in
      "<div><dt>\(Markup.escaped(card.name))</dt><dd>\(Markup.escaped(card.value))"
        + "<small>\(Markup.escaped(card.note))</small></dd></div>"
    }
    body.append("<dl class=\"cards\">\(cards.joined(separator: "\n"))</dl>\n")
  }

  package mutating func add(list: [String]) {
    body.append("<ul>\(list.map { "<li>\(Markup.escaped($0))</li>" }.joined(separator: "\n"))</ul>\n")
  }

  package mutating func add(table head: [String], _ rows: [[String]]) {
    body.append("<div class=\"wide\" tabindex=\"0\">\(Plot.table(head, rows))</div>\n")
  }

  /// Adds a table of names and values.
  package mutating func add(facts: [(name: String, value: String)]) {
    let rows = facts.map { fact in
      "<tr><td>\(Markup.escaped(fact.name))</td><td>\(Markup.escaped(fact.value))</td></tr>"
    }
    body.append("<table class=\"facts\"><tbody>\n\(rows.joined(separator: "\n"))\n</tbody></table>\n")
  }

  /// Adds a section that unfolds when its heading is clicked.
  package mutating func add(fold heading: String, isOpen: Bool = false, _ content: (inout Page) -> Void) {
    body.append(
      "<details class=\"fold\"\(isOpen ? " open" : "")><summary><h2>\(Markup.escaped(heading))</h2></summary>\n")
    content(&self)
    body.append("</details>\n")
  }

  /// The whole page.
  package var html: String { pieces.joined() }

  /// The page in pieces, which need less memory than one string.
  package var pieces: [String] { [head] + body + [Self.beforeData, data.text(), Self.end] }

  private var head: String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'unsafe-inline'; img-src data:">
    <title>\(Markup.escaped(title))</title>
    <style>
    \(Self.style)
    </style></head><body><main>
    <header><h1>\(Markup.escaped(title))</h1><p>\(Markup.escaped(subtitle))</p></header>

    """
  }

  private static let beforeData = """
    </main>
    <script type="application/json" id="data">
    """

  private static let end = """
    </script>
    <script>
    \(script)
    </script></body></html>

    """
}
