/// A set of levels of nesting that a token may stand in: outside all containers (`top`), in an array, in an object.
package struct LevelSet: OptionSet, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let top = LevelSet(rawValue: 1)
  package static let array = LevelSet(rawValue: 2)
  package static let object = LevelSet(rawValue: 4)
  package static let containers: LevelSet = [.array, .object]
  package static let any: LevelSet = [.top, .array, .object]

  /// Creates the set of one level: a container's kind, or the top for nil.
  package init(_ kind: ContainerKind?) {
    switch kind {
    case nil: self = .top
    case .array: self = .array
    case .object: self = .object
    }
  }

  /// The only container in the set. Nil if the set is empty, has several levels, or is the top.
  package var onlyContainer: ContainerKind? {
    switch self {
    case .array: .array
    case .object: .object
    default: nil
    }
  }
}

/// A token as stage 1 passes it to stage 2: the levels that it may stand in and its effect on the nesting, in one byte.
///
///     bits 4 3   action: 0 stay, 1 open an array, 2 open an object, 3 close
///     bit  2     may stand in an object
///     bit  1     may stand in an array
///     bit  0     may stand at the top
///
/// A token that is allowed in all levels and changes none has no element. Elements are far fewer than tokens.
package struct Element: RawRepresentable, Equatable, Sendable {
  package enum Action: UInt8, Sendable {
    case stay, openArray, openObject, close
  }

  /// The levels in bits 0 to 2, the action in bits 3 and 4.
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package init(_ levels: LevelSet, _ action: Action = .stay) {
    rawValue = action.rawValue << 3 | levels.rawValue
  }

  /// An opening bracket or brace.
  package static func open(_ kind: ContainerKind, in levels: LevelSet = .any) -> Element {
    Element(levels, kind == .array ? .openArray : .openObject)
  }

  /// A closing bracket or brace.
  package static func close(_ kind: ContainerKind) -> Element { Element(LevelSet(kind), .close) }

  /// A comma allowed in both kinds of container.
  package static let comma = Element(.containers)

  /// A comma whose kind of container is decided by the token after it.
  package static func comma(in kind: ContainerKind) -> Element { Element(LevelSet(kind)) }

  /// A boundary between two values outside all containers.
  package static let boundary = Element(.top)

  /// The levels that the token may stand in. If empty, no nesting is valid.
  package var levels: LevelSet { LevelSet(rawValue: rawValue & 0b111) }

  package var action: Action { Action(rawValue: rawValue >> 3 & 0b11) ?? .stay }
}

/// The elements of a slice, in memory lent by the caller: at most one per byte.
@safe package struct ElementBuffer {
  private let storage: UnsafeMutableBufferPointer<Element>
  package private(set) var count = 0

  package init(_ storage: UnsafeMutableBufferPointer<Element>) { unsafe self.storage = unsafe storage }

  /// The elements appended so far.
  package var elements: UnsafeMutableBufferPointer<Element> { unsafe .init(rebasing: storage.prefix(count)) }

  /// Appends an element.
  ///
  /// A last element that changes no level is merged with the new one, since both stand in the same level. The result
  /// allows the levels common to both, possibly none.
  mutating func append(_ element: Element) {
    if element == Element(.any) { return }
    if count > 0, unsafe storage[count - 1].action == .stay {
      unsafe storage[count - 1] = unsafe Element(storage[count - 1].levels.intersection(element.levels), element.action)
    } else {
      unsafe storage[count] = element
      count += 1
    }
  }
}
