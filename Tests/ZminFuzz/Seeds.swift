import Foundation
import ZminCore
import ZminTestSupport

/// Documents and command lines to begin with, which a fuzzer would need long to find.
enum Seeds {
  /// Writes documents of every shape and format, and as many broken ones, each with bytes that select its use.
  static func write(to folder: String) throws {
    for (number, seed) in OptionsFuzz.seeds.enumerated() {
      try Data(seed).write(to: URL(fileURLWithPath: folder).appendingPathComponent("options-\(number)"))
    }
    let documents = [[UInt8](repeating: UInt8(ascii: " "), count: 700), Array("[1]".utf8), [], Array("{}".utf8)]
    for (number, seed) in (try CodecFuzz.seeds(documents) + CompressedSeeds.all).enumerated() {
      let url = URL(fileURLWithPath: folder).appendingPathComponent("codecs-\(number)")
      try Data(seed + [1, 40, 3, 90, 2]).write(to: url)
    }
    var generator = DocumentGenerator(seed: 1)
    var mutator = Mutator(seed: 2)
    for shape in DocumentGenerator.Shape.allCases {
      for format in Format.allCases {
        for number in 0..<6 {
          let document = Array(generator.document(format, shape).prefix(1500))
          let bytes = number % 2 == 0 ? document : mutator.mutation(of: document)
          let ending = (0..<40).map { _ in UInt8(mutator.random.below(256)) }
          let url = URL(fileURLWithPath: folder).appendingPathComponent("\(shape)-\(format)-\(number)")
          try Data(bytes + ending).write(to: url)
        }
      }
    }
  }
}
