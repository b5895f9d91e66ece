/// A difference between a stage on a device and its reference.
package struct StageDifference: Error, Sendable, Equatable, CustomStringConvertible {
  /// Name of the case that shows it.
  package let caseName: String
  package let stage: String
  /// Name of the value that differs, such as `tiles[3]`.
  package let value: String
  package let expected: String
  package let found: String

  package var description: String { "\(caseName): \(stage): \(value) is \(found), expected \(expected)" }
}
