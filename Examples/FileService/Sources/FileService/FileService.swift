import FlyingFox
import FlyingSocks
import Foundation
import Zmin
import ZminEngine

/// Minifies over HTTP, on 127.0.0.1:
///
/// - `POST /minify`: the body, minified as it comes. `?format=ndjson` and `concat` as in zmin.
/// - `POST /validate`: 204 if the body is valid.
/// - `GET /ledger`: what zmin holds in memory, as JSON.
///
/// A body that is not valid is answered with 400 and the place of the error. If part of the answer is out by then, the
/// transfer is cut off, which a client sees as a body without its end.
///
/// Usage: `FileService PORT`
@main struct FileService {
  /// The most bytes that a body may have.
  static let bodyBytesMax = 1 << 30

  /// The book of what zmin holds for all requests.
  private let ledger = MemoryLedger()

  static func main() async throws {
    guard CommandLine.arguments.count == 2, let port = UInt16(CommandLine.arguments[1]) else {
      print("usage: FileService PORT")
      exit(2)
    }
    try await FileService().run(port: port)
  }

  private func run(port: UInt16) async throws {
    // Bodies of more than a chunk are not kept, but read as they are minified.
    let chunkBytes = 64 * 1024
    let server = HTTPServer(
      config: try .init(
        address: .inet(ip4: "127.0.0.1", port: port), timeout: 60, sharedRequestBufferSize: chunkBytes,
        sharedRequestReplaySize: chunkBytes, logger: .disabled))
    await server.appendRoute("POST /minify") { try await minify($0) }
    await server.appendRoute("POST /validate") { try await validate($0) }
    await server.appendRoute("GET /ledger") { _ in ledgerAsJSON() }
    try await server.run()
  }

  /// The first chunk of output is waited for, so that an error up to there has a status of its own.
  private func minify(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard let options = options(for: request) else { return HTTPResponse(statusCode: .badRequest) }
    do {
      let minified = request.bodySequence.minified(options: options, ledger: ledger)
      return HTTPResponse(
        statusCode: .ok, headers: [.contentType: "application/json"],
        body: HTTPBodySequence(from: try await MinifiedBody(minified), suggestedBufferSize: 64 * 1024))
    } catch let error as ZminError {
      return response(to: error)
    }
  }

  private func validate(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard let options = options(for: request) else { return HTTPResponse(statusCode: .badRequest) }
    do {
      var stream = try MinifierStream(options, ledger: ledger)
      for try await chunk in request.bodySequence { try stream.push(chunk) { _ in } }
      try stream.finish { _ in }
      return HTTPResponse(statusCode: .noContent)
    } catch let error as ZminError {
      return response(to: error)
    }
  }

  private func options(for request: HTTPRequest) -> MinifierOptions? {
    let name = request.query.first { $0.name == "format" }?.value ?? "json"
    return Format(rawValue: name).map { MinifierOptions(format: $0, inputBytesMax: Self.bodyBytesMax) }
  }

  private func response(to error: ZminError) -> HTTPResponse {
    let status: HTTPStatusCode =
      switch error {
      case .invalidJSON: .badRequest
      case .inputTooLarge: .payloadTooLarge
      case .noRoomInPlace, .outOfMemory: .serviceUnavailable
      }
    // What is left of the body is not read; the server looks for a request in it, finds none, and closes.
    return HTTPResponse(
      statusCode: status, headers: [.contentType: "text/plain", .connection: "close"],
      body: Data("\(error)\n".utf8))
  }

  private func ledgerAsJSON() -> HTTPResponse {
    let total = ledger.snapshot().total
    let text = """
      {"current_bytes":\(total.currentBytes),"peak_bytes":\(total.peakBytes),\
      "allocations":\(total.allocations),"frees":\(total.frees)}
      """
    return HTTPResponse(statusCode: .ok, headers: [.contentType: "application/json"], body: Data(text.utf8))
  }
}
