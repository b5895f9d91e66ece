import Synchronization
import ZminBase
import ZminFiles
import ZminIO

/// The queue of files that workers claim. Large files come first, from the largest down, one at a time. The other files
/// come in the order of the list, several at a time.
final class FileQueue: Sendable {
  /// The largest number of files in one claim.
  private static let runCountMax = 16

  let list: FileList
  /// The indices of the files that are minified in slices, from the largest down.
  let large: [Int]
  /// The size of all files on the disk.
  let storedBytes: Int
  private let slicedBytesMin: Int64
  /// The rest of each worker's part.
  private let parts: Mutex<[Range<Int>]>

  init(_ list: FileList, slicedBytesMin: Int64, workers: Int) {
    self.list = list
    self.slicedBytesMin = slicedBytesMin
    parts = Mutex(
      (0..<workers).map { list.count * $0 / workers..<list.count * ($0 + 1) / workers })
    var large: [Int] = []
    var storedBytes = 0
    for number in 0..<list.count {
      let entry = list[number]
      storedBytes = storedBytes.addingSaturated(Int(entry.storedBytes))
      if list.estimatedPlainBytes(of: entry) >= slicedBytesMin { large.append(number) }
    }
    self.storedBytes = storedBytes
    self.large = large.sorted {
      (list.estimatedPlainBytes(of: list[$0]), $1) > (list.estimatedPlainBytes(of: list[$1]), $0)
    }
  }

  /// Claims the next files for a worker. The range is empty at the end, and the caller skips large files in it.
  ///
  /// Workers begin far from each other, because workers that create files in one directory would wait for each other. A
  /// worker without files takes half of the largest part that is left.
  func takeRun(for worker: Int) -> Range<Int> {
    parts.withLock { parts in
      if parts[worker].isEmpty {
        guard let richest = parts.indices.max(by: { parts[$0].count < parts[$1].count }) else { return 0..<0 }
        let rest = parts[richest]
        let middle = rest.lowerBound + rest.count / 2
        parts[richest] = rest.lowerBound..<middle
        parts[worker] = middle..<rest.upperBound
      }
      let part = parts[worker]
      // Claims become smaller, so that the workers end at about the same time.
      let run = part.prefix(max(1, min(Self.runCountMax, part.count / 4)))
      parts[worker] = run.endIndex..<part.upperBound
      return run.startIndex..<run.endIndex
    }
  }

  /// True if the file is minified in slices.
  func isLarge(_ entry: FileEntry) -> Bool { list.estimatedPlainBytes(of: entry) >= slicedBytesMin }
}
