/// Memory that C structures point at, such as chains of create-infos, valid until the end of a call's scope.
///
/// A pointer made with `&` lives only as long as the call that it is an argument of; structures that point at others
/// need more.
struct CStructs: ~Copyable {
  private var blocks: [UnsafeMutableRawPointer] = []

  /// A copy of the values at a fixed place, nil if there are none.
  ///
  /// Only for types of C, which need no destruction.
  mutating func array<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafePointer<Value>? {
    guard !values.isEmpty else { return nil }
    let place = UnsafeMutablePointer<Value>.allocate(capacity: values.count)
    place.initialize(from: values, count: values.count)
    blocks.append(UnsafeMutableRawPointer(place))
    return UnsafePointer(place)
  }

  /// A copy of the value at a fixed place.
  mutating func one<Value: BitwiseCopyable>(_ value: Value) -> UnsafePointer<Value> {
    let place = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    place.initialize(to: value)
    blocks.append(UnsafeMutableRawPointer(place))
    return UnsafePointer(place)
  }

  /// Names, each ended by a zero.
  mutating func strings(_ names: [String]) -> UnsafePointer<UnsafePointer<CChar>?>? {
    var pointers: [UnsafePointer<CChar>?] = []
    for name in names { pointers.append(array(Array(name.utf8CString))) }
    return array(pointers)
  }

  deinit {
    for block in blocks { block.deallocate() }
  }
}

/// The characters of a C array of fixed size, which is a tuple in Swift, up to the zero.
func text<Characters>(of characters: Characters) -> String {
  withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
