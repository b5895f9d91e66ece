/// What the shaders decide of a byte by what stands before it, a byte at a time: the definition of the first stages.
struct StringMachine {
  /// What becomes of a byte.
  struct Outcome {
    var isKept = false
    var isInSkeleton = false
    /// Whether it is in a string: an opening quote is, a closing one is not.
    var isInString = false
    /// Whether a backslash in a string stands before it that is not escaped itself.
    var isEscaped = false
  }

  private(set) var state: VulkanLane.EndState
  private let isLines: Bool
  private var isAfterScalar: Bool

  /// - Parameter previous: The byte before the first one, nil if there is none.
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
        // A string's closing quote stands for it in the skeleton.
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

  /// The state outside strings after what is kept and is no LF.
  private var afterSolid: VulkanLane.EndState { isLines ? .owing : .outside }

  /// Whether a byte outside strings is part of a number or a literal: it is no punctuation.
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
