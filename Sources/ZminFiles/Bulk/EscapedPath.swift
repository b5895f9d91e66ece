/// The form of paths in journals and shard plans: a percent sign, control characters and DEL are `%XX`, other bytes
/// stay. So a path of any bytes can be the last field of a line.
enum EscapedPath {
  private static let digits = Array("0123456789ABCDEF".utf8)
  private static let percent = UInt8(ascii: "%")

  static func escaped(_ path: some Sequence<UInt8>) -> [UInt8] {
    path.reduce(into: []) { text, byte in
      if byte < 0x20 || byte == 0x7F || byte == percent {
        text += [percent, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      } else {
        text.append(byte)
      }
    }
  }

  /// Decodes a path; nil if the text is not the encoding of a path.
  static func path(of text: ArraySlice<UInt8>) -> [UInt8]? {
    var path: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == percent else {
        path.append(byte)
        continue
      }
      guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), value != 0
      else { return nil }
      path.append(value)
      rest = rest.dropFirst(2)
    }
    return !path.isEmpty && escaped(path).elementsEqual(text) ? path : nil
  }
}
