/// A command line that is wrong: one phrase that says how.
package struct UsageError: Error, Sendable, Equatable {
  package let message: String

  package init(_ message: String) {
    self.message = message
  }
}
