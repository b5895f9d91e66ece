import ArgumentParser

/// The words that name a subcommand as the first argument.
enum CommandName {
  static let commands: [any ParsableCommand.Type] = [
    BenchCommand.self, DevicesCommand.self, PartCommand.self, JoinCommand.self,
  ]

  static let all = commands.compactMap { $0.configuration.commandName }

  /// The subcommand of that name, nil if there is none.
  static func command(named word: String?) -> (any ParsableCommand.Type)? {
    commands.first { $0.configuration.commandName == word }
  }

  /// The call that a word probably stands for, such as `zmin bench` for `bnch`. Nil if there is none.
  static func call(similarTo word: String) -> String? {
    if word == "help" { return "zmin --help" }
    return all.first { name in
      let errorsMax = max(1, name.count / 3)
      // Most words are paths, which are longer than any command.
      return abs(name.count - word.count) <= errorsMax
        && (1...errorsMax).contains(distance(Array(name), Array(word)))
    }.map { "zmin \($0)" }
  }

  /// The least number of letters to insert, delete, replace or swap with their neighbours that makes one word of the
  /// other (optimal string alignment).
  private static func distance(_ one: [Character], _ other: [Character]) -> Int {
    // The element [i][j] is the distance of the first i letters of one and the first j of the other.
    var rows = [Array(0...other.count)]
    for (i, letter) in one.enumerated() {
      var row = [i + 1]
      for (j, otherLetter) in other.enumerated() {
        var least = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (letter == otherLetter ? 0 : 1))
        if i > 0, j > 0, letter == other[j - 1], one[i - 1] == otherLetter {
          least = min(least, rows[i - 1][j - 1] + 1)
        }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[one.count][other.count]
  }
}
