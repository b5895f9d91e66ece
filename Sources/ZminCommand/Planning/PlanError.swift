/// An error that prevents a plan.
package enum PlanError: Error, Sendable, Equatable {
  /// The command line is wrong.
  case usage(String)
  /// The requested kernel or device is not available.
  case engineUnavailable(String)
  /// The command line is empty, and standard input is a terminal.
  case nothingToDo
}
