/// Text of HTML and SVG.
package enum Markup {
  /// A text as it may stand between tags and in attributes.
  package static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // What no document may hold.
      case "\u{0}"..."\u{8}", "\u{B}"..."\u{1F}", "\u{FFFE}"..."\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  /// A coordinate: two digits after the point are more than any screen shows.
  static func number(_ value: Double) -> String {
    let text = Figures.fixed(value, digits: 2)
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }
}
