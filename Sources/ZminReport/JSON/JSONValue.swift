/// A JSON value in memory: a report that is about to be written, or one that was read.
///
/// Integers are a case of their own, so that byte counts stay exact past 2^53. Members of objects keep their order.
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

  /// Makes an integer, or null if the value is nil.
  package init(_ value: Int?) { self = value.map(Self.integer) ?? .null }

  /// Makes a number, or null if the value is nil.
  package init(_ value: Double?) { self = value.map(Self.number) ?? .null }

  /// Makes a string, or null if the value is nil.
  package init(_ value: String?) { self = value.map(Self.string) ?? .null }

  /// Makes a boolean, or null if the value is nil.
  package init(_ value: Bool?) { self = value.map(Self.bool) ?? .null }
}

extension JSONValue {
  /// The value of the last member named `key`, nil if there is none or this is not an object.
  package subscript(key: String) -> JSONValue? { members?.last { $0.key == key }?.value }

  /// The integer, nil if this is not one.
  package var integer: Int? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// The number, integer or not. Nil if this is not a number.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The string, nil if this is not one.
  package var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  /// The boolean, nil if this is not one.
  package var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The elements, nil if this is not an array.
  package var elements: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The members in order, nil if this is not an object.
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
