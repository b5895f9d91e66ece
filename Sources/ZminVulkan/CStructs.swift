/// Memory for C structures that point at others, such as `pNext` chains of create-infos. Freed at the end of the scope.
///
/// A pointer made with `&` is valid only during the call that it is passed to. A structure that points at another one
/// needs a pointer that lives longer.
struct CStructs: ~Copyable {
  private var blocks: [UnsafeMutableRawPointer] = []

  /// Copies the values to a fixed address. Returns nil if the array is empty.
  mutating func array<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafePointer<Value>? {
    guard !values.isEmpty else { return nil }
    let copy = UnsafeMutablePointer<Value>.allocate(capacity: values.count)
    copy.initialize(from: values, count: values.count)
    blocks.append(UnsafeMutableRawPointer(copy))
    return UnsafePointer(copy)
  }

  /// Copies the value to a fixed address.
  mutating func one<Value: BitwiseCopyable>(_ value: Value) -> UnsafePointer<Value> {
    let copy = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    copy.initialize(to: value)
    blocks.append(UnsafeMutableRawPointer(copy))
    return UnsafePointer(copy)
  }

  /// Copies the names as C strings. Returns nil if the array is empty.
  mutating func strings(_ names: [String]) -> UnsafePointer<UnsafePointer<CChar>?>? {
    var pointers: [UnsafePointer<CChar>?] = []
    for name in names { pointers.append(array(Array(name.utf8CString))) }
    return array(pointers)
  }

  deinit {
    for block in blocks { block.deallocate() }
  }
}

/// Text of a C character array up to its first zero. Swift imports such an array as a tuple.
func text<Characters>(of characters: Characters) -> String {
  withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
