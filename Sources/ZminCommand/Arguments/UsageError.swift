/// An error of the command line, as a phrase on one line.
package struct UsageError: Error, Sendable, Equatable {
  package let message: String

  package init(_ message: String) {
    self.message = message
  }
}
