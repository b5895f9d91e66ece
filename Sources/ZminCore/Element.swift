/// What the level of nesting can be that a token stands in: outside all containers, in an array, in an object.
package struct LevelSet: OptionSet, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let top = LevelSet(rawValue: 1)
  package static let array = LevelSet(rawValue: 2)
  package static let object = LevelSet(rawValue: 4)
  package static let containers: LevelSet = [.array, .object]
  package static let any: LevelSet = [.top, .array, .object]

  /// The set of one level: that of a container, or the top for nil.
  package init(_ kind: ContainerKind?) {
    switch kind {
    case nil: self = .top
    case .array: self = .array
    case .object: self = .object
    }
  }

  /// The container, if the set leaves room for nothing else.
  package var onlyContainer: ContainerKind? {
    switch self {
    case .array: .array
    case .object: .object
    default: nil
    }
  }
}

/// What stage 1 has stage 2 know of a token, in one byte: a demand on the level of nesting that the token stands in,
/// and whether a level begins or ends with it.
///
/// A token that demands nothing and changes nothing has no element, so that elements are far fewer than tokens.
package struct Element: RawRepresentable, Equatable, Sendable {
  /// What becomes of the nesting.
  package enum Action: UInt8, Sendable {
    case stay, openArray, openObject, close
  }

  /// The demand in bits 0 to 2, the action in bits 3 and 4.
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

  /// A comma that may stand in either container.
  package static let comma = Element(.containers)

  /// A comma that claims a kind of container by what follows it.
  package static func comma(in kind: ContainerKind) -> Element { Element(LevelSet(kind)) }

  /// The place between two values, outside all containers.
  package static let boundary = Element(.top)

  /// The levels that the token may stand in; none of them is a demand that nothing meets.
  package var levels: LevelSet { LevelSet(rawValue: rawValue & 0b111) }

  package var action: Action { Action(rawValue: rawValue >> 3 & 0b11) ?? .stay }
}

/// The elements of a slice, in memory that the caller lends: at most one for each byte.
@safe package struct ElementBuffer {
  private let storage: UnsafeMutableBufferPointer<Element>
  /// How many there are.
  package private(set) var count = 0

  package init(_ storage: UnsafeMutableBufferPointer<Element>) { unsafe self.storage = unsafe storage }

  /// The elements so far.
  package var elements: UnsafeMutableBufferPointer<Element> { unsafe .init(rebasing: storage.prefix(count)) }

  /// Appends an element. One that only makes a demand is narrowed by the next, which stands in the same level: the two
  /// become one, and if they contradict each other one that no level meets.
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
