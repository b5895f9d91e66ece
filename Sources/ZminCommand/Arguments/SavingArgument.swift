import ArgumentParser
package import ZminFiles

/// A value of `--min-saving`: a size, or a share of the input such as `10%`, or `any`.
package struct SavingArgument: ExpressibleByArgument, Sendable {
  package let minimum: MinimumSaving

  package init?(argument: String) {
    if argument == "any" {
      minimum = .any
    } else if argument.last == "%" {
      guard let percent = Double(argument.dropLast()), (0...100).contains(percent) else { return nil }
      minimum = .percent(percent)
    } else {
      guard let size = SizeArgument(argument: argument) else { return nil }
      minimum = .bytes(size.byteCount)
    }
  }
}
