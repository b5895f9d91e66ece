import ArgumentParser

/// A number of bytes on the command line, such as `100`, `64K` or `1.5Mi`.
package struct SizeArgument: ExpressibleByArgument, Sendable, Equatable {
  package let byteCount: Int

  /// Reads K, M and G as powers of 1000, and Ki, Mi and Gi as powers of 1024.
  package init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let factors: [Substring: Double] = [
      "": 1, "K": 1e3, "M": 1e6, "G": 1e9, "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824,
    ]
    guard let number = Double(digits), let factor = factors[argument[digits.endIndex...]],
      let byteCount = Int(exactly: (number * factor).rounded(.up))
    else { return nil }
    self.byteCount = byteCount
  }
}
