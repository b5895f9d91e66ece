/// Where a device does not do what the reference of a stage says.
package struct StageDifference: Error, Sendable, Equatable, CustomStringConvertible {
  /// The case that shows it.
  package let caseName: String
  /// The stage.
  package let stage: String
  /// The place in what it leaves.
  package let place: String
  package let expected: String
  package let found: String

  package var description: String { "\(caseName): \(stage): \(place) is \(found) where \(expected) is right" }
}
