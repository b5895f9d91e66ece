internal import CZminVulkan

/// Reference of `check.comp`: errors in a skeleton, and its elements.
struct CheckReference {
  private(set) var flags = ExpectedFlags()
  /// Elements of each workgroup.
  private(set) var runs: [[UInt8]]
  /// The last four characters of history and skeleton, the last in the highest byte.
  let lastCharacters: UInt32

  /// History and skeleton, without the highest bits. `compact` rejects bytes with that bit outside strings.
  private let characters: [UInt8]
  private let isLines: Bool
  private let historyHasElement: Bool

  private static let historyCount = 4

  init(skeleton: [UInt8], _ request: VulkanLane.Request, threads: Int) {
    let history = (0..<4).map { UInt8(truncatingIfNeeded: request.history >> (8 * $0)) }
    lastCharacters = (history + skeleton).suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    characters = (history + skeleton).map { $0 & 0x7F }
    isLines = request.kind.isLines
    historyHasElement = request.historyHasElement
    runs = []
    for index in characters.indices.dropFirst(Self.historyCount) where !mayStand(at: index) {
      flags.required |= UInt32(ZMIN_FLAG_TOKEN)
    }
    let groupCharacters = threads * Int(ZMIN_THREAD_CHARACTERS)
    for groupStart in stride(from: 0, to: skeleton.count + 2, by: groupCharacters) {
      let threadStarts = stride(from: groupStart, to: groupStart + groupCharacters, by: Int(ZMIN_THREAD_CHARACTERS))
      runs.append(threadStarts.flatMap { elements(ofThreadAt: Self.historyCount + $0) })
      for threadStart in threadStarts { checkNumbers(ofThreadAt: Self.historyCount + threadStart) }
    }
    // A thread that finds marks out of order stops looking for long numbers.
    if flags.required & UInt32(ZMIN_FLAG_NUMBER) != 0 {
      flags.required &= ~UInt32(ZMIN_FLAG_LONG_NUMBER)
      flags.optional |= UInt32(ZMIN_FLAG_LONG_NUMBER)
    }
  }

  // MARK: Order of characters

  /// True if the character may follow the three before it.
  private func mayStand(at index: Int) -> Bool {
    let (here, one, two) = (characters[index], characters[index - 1], characters[index - 2])
    switch Unicode.Scalar(here) {
    case "\"": return mayPrecedeValue(one) || one == UInt8(ascii: "{")
    case "[", "{", "t", "f", "n": return mayPrecedeValue(one)
    case "-": return mayPrecedeValue(one) || isDigit(two) && isExponent(one)
    case "+": return isDigit(two) && isExponent(one)
    case "0"..."9": return mayPrecedeValue(one) || digitMayFollow(index)
    case ".", "E": return isDigit(one)
    case "e": return isDigit(one) || isAfter(index, "ru") || isAfter(index, "ls")
    case "]", "}": return endsValue(index) || isAfter(index, "[") || isAfter(index, "{")
    case ",": return endsValue(index)
    case "\n" where isLines: return endsValue(index)
    case " ", "\t", "\n", "\r": return endsValue(index) && one != UInt8(ascii: "\"")
    case ":": return isAfter(index, "{\"") || isAfter(index, ",\"")
    case "r": return isAfter(index, "t")
    case "u": return isAfter(index, "tr") || mayPrecedeValue(two) && isAfter(index, "n")
    case "a": return mayPrecedeValue(two) && isAfter(index, "f")
    case "l": return isAfter(index, "fa") || isAfter(index, "nu") || isAfter(index, "ul")
    case "s": return isAfter(index, "al")
    default: return false
    }
  }

  /// True if a digit may continue a number. It may follow a 0 only if the number began before that 0.
  private func digitMayFollow(_ index: Int) -> Bool {
    let (one, two, three) = (characters[index - 1], characters[index - 2], characters[index - 3])
    if one == UInt8(ascii: "0") {
      return isDigit(two) || isExponent(two) || two == UInt8(ascii: ".") || two == UInt8(ascii: "+")
        || two == UInt8(ascii: "-") && isExponent(three)
    }
    return isDigit(one) || ".+-".utf8.contains(one) || isExponent(one) && isDigit(two)
  }

  /// True if a value may end before the index: after a bracket, digit, whitespace, literal, or string that is no name.
  private func endsValue(_ index: Int) -> Bool {
    let (one, two) = (characters[index - 1], characters[index - 2])
    if one == UInt8(ascii: "\"") { return mayPrecedeValue(two) }
    return isDigit(one) || "]} \t\n\r".utf8.contains(one)
      || isAfter(index, "ue") || isAfter(index, "se") || isAfter(index, "ll")
  }

  private func isAfter(_ index: Int, _ text: String) -> Bool {
    characters[(index - text.utf8.count)..<index].elementsEqual(text.utf8)
  }

  /// True if a value may follow the character. In `ndjson` one may also follow an LF.
  private func mayPrecedeValue(_ character: UInt8) -> Bool {
    "[:,".utf8.contains(character) || isLines && character == UInt8(ascii: "\n")
  }

  private func isDigit(_ character: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) }

  private func isExponent(_ character: UInt8) -> Bool { "eE".utf8.contains(character) }

  // MARK: Numbers

  /// Checks the character before each point and exponent, ignoring digits and signs. It must not be an exponent, nor a
  /// point if the mark is a point. A thread looks back at most `ZMIN_LOOK_BACK_WORDS` words before its window.
  private mutating func checkNumbers(ofThreadAt threadStart: Int) {
    let firstSeen = max(threadStart - 4 - 4 * Int(ZMIN_LOOK_BACK_WORDS), 0)
    let end = min(threadStart + Int(ZMIN_THREAD_CHARACTERS), characters.count)
    guard threadStart < end else { return }
    for index in threadStart..<end {
      let isPoint = characters[index] == UInt8(ascii: ".")
      guard isPoint || isExponent(characters[index]) else { continue }
      var before = index - 1
      while before >= firstSeen, isDigit(characters[before]) || "+-".utf8.contains(characters[before]) { before -= 1 }
      guard before >= firstSeen else {
        flags.required |= UInt32(ZMIN_FLAG_LONG_NUMBER)
        continue
      }
      if isExponent(characters[before]) || isPoint && characters[before] == UInt8(ascii: ".") {
        flags.required |= UInt32(ZMIN_FLAG_NUMBER)
      }
    }
  }

  // MARK: Elements

  /// Elements of one thread. Its window is shifted back by two: a comma's claim depends on the two characters after it.
  private func elements(ofThreadAt threadStart: Int) -> [UInt8] {
    var elements: [UInt8] = []
    var last: UInt8?
    let first = historyHasElement ? max(threadStart - 2, Self.historyCount) : threadStart - 2
    let end = min(threadStart - 2 + Int(ZMIN_THREAD_CHARACTERS), characters.count)
    guard first < end else { return [] }
    for index in first..<end {
      guard let element = element(at: index) else { continue }
      let isComma = characters[index] == UInt8(ascii: ",")
      // A comma that repeats the claim of the comma before it adds nothing, if its own claim is final.
      let isRepeated = isComma && element == last && index + 2 < characters.count
      if !isRepeated { elements.append(element) }
      last = element
    }
    return elements
  }

  /// Element bits of a character, nil if it is no element.
  private func element(at index: Int) -> UInt8? {
    let (leads, trails, object) = (ZMIN_ELEMENT_LEADS, ZMIN_ELEMENT_TRAILS, ZMIN_ELEMENT_OBJECT)
    let element: Int32? =
      switch Unicode.Scalar(characters[index]) {
      case "[": ZMIN_ELEMENT_MARK | leads
      case "{": ZMIN_ELEMENT_MARK | leads | object
      case "]": ZMIN_ELEMENT_MARK | trails
      case "}": ZMIN_ELEMENT_MARK | trails | object
      case ",": ZMIN_ELEMENT_MARK | leads | trails | (claimsObject(at: index) ? object : 0)
      case "\n" where isLines: ZMIN_ELEMENT_BOUNDARY
      default: nil
      }
    return element.map { UInt8($0) }
  }

  /// True if a string and a colon follow the comma, so that it claims to be in an object.
  private func claimsObject(at index: Int) -> Bool { characters[(index + 1)...].starts(with: "\":".utf8) }
}
