/// Bytes around deflate data that make it a gzip member: RFC 1952, section 2.3. libdeflate cannot write extra fields.
enum GzipFraming {
  static let headerBytes = 10
  static let trailerBytes = 8
  private static let nameFlag: UInt8 = 8

  /// True if the header of a member has no optional fields but a name.
  static func isSimple(_ head: UnsafeRawBufferPointer) -> Bool {
    head.count >= headerBytes && head[3] & ~nameFlag == 0
  }

  /// A header without name and time, so that the same input makes the same bytes.
  ///
  /// - Parameter extraField: Subfields of the extra field, less than 64 KiB.
  static func header(extraField: [UInt8] = []) -> [UInt8] {
    let hasExtraField: UInt8 = extraField.isEmpty ? 0 : 4
    let unknownSystem: UInt8 = 0xFF
    return [0x1F, 0x8B, 0x08, hasExtraField, 0, 0, 0, 0, 0, unknownSystem]
      + (extraField.isEmpty ? [] : littleEndian(UInt16(extraField.count)) + extraField)
  }

  static func trailer(checksum: UInt32, plainBytes: Int) -> [UInt8] {
    littleEndian(checksum) + littleEndian(UInt32(truncatingIfNeeded: plainBytes))
  }
}
