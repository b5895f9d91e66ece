// Inputs that are whole in memory.
import Zmin
import ZminEngine

// snippet: bytes
func stored(_ body: [UInt8]) throws(ZminError) -> [UInt8] {
  try minify(body)
}

func shortened(_ text: String) throws(ZminError) -> String {
  String(decoding: try minify(text.utf8), as: UTF8.self)
}
// end

// snippet: errors
/// The status and the words that a request is answered with.
func answer(_ body: [UInt8]) -> (status: Int, text: String) {
  let limits = MinifierOptions(depthMax: 512, inputBytesMax: 1 << 20)
  do throws(ZminError) {
    return (200, String(decoding: try minify(body, options: limits), as: UTF8.self))
  } catch {
    return switch error {
    case .invalidJSON(let error): (400, "line \(error.line), column \(error.column): \(error.message)")
    case .inputTooLarge(let limit): (413, "no more than \(limit) bytes, please")
    case .noRoomInPlace, .outOfMemory: (503, "try again later")
    }
  }
}
// end

// snippet: in-place
func shorten(_ body: inout [UInt8]) throws(ZminError) {
  try minifyInPlace(&body)
}

/// The same for memory that is not an array's. Returns how many bytes of it are the output.
func shorten(_ memory: UnsafeMutableRawBufferPointer) throws(ZminError) -> Int {
  var bytes = memory.mutableBytes
  return try minifyInPlace(&bytes)
}
// end

// snippet: validate
func isValid(_ body: [UInt8]) throws(ZminError) -> Bool {
  do throws(ZminError) {
    try validate(body, options: MinifierOptions(format: .ndjson))
    return true
  } catch .invalidJSON {
    return false
  }
}
// end
