import Synchronization
import Zmin
import ZminIO

/// The files of a run, handed out to workers: the large ones from the largest on, one after another, and the others in
/// the order of the list, several at a time.
final class FileQueue: Sendable {
  /// Files of one directory, taken by one worker, cost fewer openings of it.
  private static let runCountMax = 16

  let list: FileList
  /// The numbers of the files that are taken in slices, from the largest on.
  let large: [Int]
  /// The bytes of all files.
  let byteCount: Int
  private let slicedBytesMin: Int64
  private let runCount: Int
  private let next = Mutex(0)

  init(_ list: FileList, slicedBytesMin: Int64, workers: Int) {
    self.list = list
    self.slicedBytesMin = slicedBytesMin
    runCount = max(1, min(Self.runCountMax, list.count / (8 * workers)))
    var large: [Int] = []
    var byteCount = 0
    for number in 0..<list.count {
      let entry = list[number]
      byteCount += Int(entry.byteCount)
      if entry.byteCount >= slicedBytesMin { large.append(number) }
    }
    self.byteCount = byteCount
    self.large = large.sorted { (list[$0].byteCount, $1) > (list[$1].byteCount, $0) }
  }

  /// The next files that are not large; empty at the end. Large ones among them are to be passed by.
  func takeRun() -> Range<Int> {
    next.withLock {
      let run = $0..<min($0 + runCount, list.count)
      $0 = run.upperBound
      return run
    }
  }

  /// Whether a file is taken in slices.
  func isLarge(_ entry: FileEntry) -> Bool { entry.byteCount >= slicedBytesMin }
}
