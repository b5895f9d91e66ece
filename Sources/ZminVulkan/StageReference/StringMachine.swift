/// State machine that defines the first stages, one byte at a time. It tells strings from the rest and kept bytes from
/// whitespace.
struct StringMachine {
  /// Classification of one byte.
  struct Outcome {
    var isKept = false
    var isInSkeleton = false
    /// True in a string. An opening quote counts, a closing one does not.
    var isInString = false
    /// True after an unescaped backslash in a string.
    var isEscaped = false
  }

  private(set) var state: VulkanLane.EndState
  private let isLines: Bool
  private var isAfterScalar: Bool

  /// - Parameter previous: Byte before the first one, nil at the start of a slice.
  init(isLines: Bool, startingIn state: VulkanLane.EndState, after previous: UInt8?) {
    self.isLines = isLines
    self.state = state
    isAfterScalar = previous.map(Self.isScalar) ?? false
  }

  mutating func take(_ byte: UInt8) -> Outcome {
    defer { isAfterScalar = Self.isScalar(byte) }
    switch state {
    case .escaped:
      state = .string
      return Outcome(isKept: true, isInString: true, isEscaped: true)
    case .string:
      switch byte {
      case UInt8(ascii: "\""):
        state = afterSolid
        // The closing quote represents the whole string in the skeleton.
        return Outcome(isKept: true, isInSkeleton: true)
      case UInt8(ascii: "\\"): state = .escaped
      default: break
      }
      return Outcome(isKept: true, isInString: true)
    case .outside, .owing:
      switch byte {
      case UInt8(ascii: "\""):
        state = .string
        return Outcome(isKept: true, isInString: true)
      case UInt8(ascii: "\n") where state == .owing:
        state = .outside
        return Outcome(isKept: true, isInSkeleton: true)
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        return Outcome(isInSkeleton: isAfterScalar)
      default:
        state = afterSolid
        return Outcome(isKept: true, isInSkeleton: true)
      }
    }
  }

  /// State outside strings after a kept byte other than LF.
  private var afterSolid: VulkanLane.EndState { isLines ? .owing : .outside }

  /// True if the byte, outside strings, is neither whitespace nor punctuation.
  private static func isScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\""),
      UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
      UInt8(ascii: "}"):
      false
    default: true
    }
  }
}
