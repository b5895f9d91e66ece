/// Why there is no plan.
package enum PlanError: Error, Sendable, Equatable {
  /// The command line is wrong.
  case usage(String)
  /// What it asks for is not to be had here.
  case engineUnavailable(String)
  /// Nothing was asked for, and there is a person at the terminal.
  case nothingToDo
}
