extension FixedWidthInteger {
  /// The number that a field of a line is; nil if it is not what any number is written as.
  init?(written field: ArraySlice<UInt8>) {
    let text = String(decoding: field, as: UTF8.self)
    guard let number = Self(text), "\(number)" == text else { return nil }
    self = number
  }
}
