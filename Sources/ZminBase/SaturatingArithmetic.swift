extension FixedWidthInteger {
  /// The sum, or the most that there is: sparse files may be said to have more bytes than 64 bits count.
  package func addingSaturated(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
