extension FixedWidthInteger {
  /// Parses the field of a line; nil if it is not the canonical form of a number.
  init?(written field: ArraySlice<UInt8>) {
    let text = String(decoding: field, as: UTF8.self)
    guard let number = Self(text), "\(number)" == text else { return nil }
    self = number
  }
}
