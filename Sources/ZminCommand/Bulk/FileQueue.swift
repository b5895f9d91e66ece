import Synchronization
import ZminBase
import ZminFiles
import ZminIO

/// The files of a run, handed out to workers: the large ones from the largest on, one after another, and the others in
/// the order of the list, several at a time.
final class FileQueue: Sendable {
  /// So many files are taken together at most.
  private static let runCountMax = 16

  let list: FileList
  /// The numbers of the files that are taken in slices, from the largest on.
  let large: [Int]
  /// The size of all files on the disk.
  let storedBytes: Int
  private let slicedBytesMin: Int64
  /// What is left of each worker's part.
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
      if entry.plainBytes ?? .max >= slicedBytesMin { large.append(number) }
    }
    self.storedBytes = storedBytes
    self.large = large.sorted { (list[$0].plainBytes ?? .max, $1) > (list[$1].plainBytes ?? .max, $0) }
  }

  /// The next files for a worker; empty at the end. Large ones among them are to be passed by.
  ///
  /// Workers begin far from each other, as those that make files in one directory would wait for each other, and take
  /// half of what is left to the one that has most when they have no more.
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
      // Ever fewer at a time, so that nobody has much left at the end.
      let run = part.prefix(max(1, min(Self.runCountMax, part.count / 4)))
      parts[worker] = run.endIndex..<part.upperBound
      return run.startIndex..<run.endIndex
    }
  }

  /// Whether a file is taken in slices.
  func isLarge(_ entry: FileEntry) -> Bool { entry.plainBytes ?? .max >= slicedBytesMin }
}
