/// The bytes as text that shows every one of them, as far as a person will read.
package func readable(_ bytes: [UInt8]) -> String {
  bytes.prefix(3000).map { UnicodeScalar($0).escaped(asASCII: true) }.joined()
}
