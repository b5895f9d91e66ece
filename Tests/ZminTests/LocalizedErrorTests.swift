import Foundation
import Testing
import Zmin
import ZminFoundation

@Suite("Errors of the library, as a server shows them")
struct LocalizedErrorTests {
  private static let message = "1:2: NaN is not JSON (byte 1)"

  @Test("An error that is caught as any Error says what is wrong")
  func anyError() throws {
    do {
      _ = try minify("[NaN]".utf8)
      Issue.record("nothing was thrown")
    } catch let error as any Error {
      #expect(error.localizedDescription == Self.message)
    }
    let memory: any Error = ZminError.outOfMemory(byteCount: 7)
    #expect(memory.localizedDescription == "out of memory: the system refused 7 bytes")
  }

  @Test("A typed error says what is wrong")
  func typedError() throws {
    do throws(ZminError) {
      _ = try minify("[NaN]".utf8)
      Issue.record("nothing was thrown")
    } catch {
      #expect(error.localizedDescription == Self.message && error.errorDescription == Self.message)
      if case .invalidJSON(let invalid) = error { #expect(invalid.localizedDescription == Self.message) }
    }
  }
}
