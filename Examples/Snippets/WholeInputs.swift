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
/// Returns the status and text of the answer to a request.
func answer(_ body: [UInt8]) -> (status: Int, text: String) {
  let limits = MinifierOptions(depthMax: 512, inputBytesMax: 1 << 20)
  do throws(ZminError) {
    return (200, String(decoding: try minify(body, options: limits), as: UTF8.self))
  } catch {
    return switch error {
    case .invalidJSON(let error): (400, "line \(error.line), column \(error.column): \(error.message)")
    case .inputTooLarge(let limit): (413, "body longer than \(limit) bytes")
    case .noRoomInPlace, .outOfMemory: (503, "try again later")
    }
  }
}
// end

// snippet: in-place
func shorten(_ body: inout [UInt8]) throws(ZminError) {
  try minifyInPlace(&body)
}

/// Minifies memory outside an array. Returns the length of the output in bytes.
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
