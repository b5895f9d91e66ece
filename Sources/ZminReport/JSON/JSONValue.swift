/// A JSON value in memory: what a report says, before it is written, and what was read of one.
///
/// Integers and other numbers are kept apart, so that a count of bytes stays exact past 2^53. The members of an object
/// keep their order.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// A name and its value.
  package struct Member: Sendable, Equatable {
    package let key: String
    package let value: JSONValue

    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// A figure that may not be known, which is then null.
  package init(_ value: Int?) { self = value.map(Self.integer) ?? .null }

  /// A figure that may not be known, which is then null.
  package init(_ value: Double?) { self = value.map(Self.number) ?? .null }

  /// A text that may not be known, which is then null.
  package init(_ value: String?) { self = value.map(Self.string) ?? .null }

  /// A fact that may not be known, which is then null.
  package init(_ value: Bool?) { self = value.map(Self.bool) ?? .null }
}

extension JSONValue {
  /// The member of that name, the last if there are several; nil if there is none, or this is no object.
  package subscript(key: String) -> JSONValue? { members?.last { $0.key == key }?.value }

  /// The integer, nil if this is none.
  package var integer: Int? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// The number, integer or not; nil if this is none.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The string, nil if this is none.
  package var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  /// The truth value, nil if this is none.
  package var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The elements, nil if this is no array.
  package var elements: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The members in their order, nil if this is no object.
  package var members: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(members.map { Member($0.0, $0.1) })
  }
}
