/// The first 3000 bytes as text, with escapes for those that do not print.
package func readable(_ bytes: [UInt8]) -> String {
  bytes.prefix(3000).map { UnicodeScalar($0).escaped(asASCII: true) }.joined()
}
