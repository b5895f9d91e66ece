extension FixedWidthInteger {
  /// The sum, or the maximum if it overflows. Sparse files can report sizes whose sum exceeds 64 bits.
  package func addingSaturated(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
