internal import CZminVulkan
import Synchronization

/// A queue of a device, which one thread at a time may submit to.
///
/// `@unchecked Sendable` because the handle is constant and the mutex guards its use.
final class DeviceQueue: @unchecked Sendable {
  let familyIndex: UInt32
  private let handle: VkQueue?
  private let turn = Mutex(())

  init(_ handle: VkQueue?, familyIndex: UInt32) {
    self.handle = handle
    self.familyIndex = familyIndex
  }

  /// Calls `body` while no other thread does.
  func withHandle<Value>(_ body: (VkQueue?) -> Value) -> Value {
    turn.withLock { _ in body(handle) }
  }
}

/// Which queues of a device do what: copies up and down apart from the work where the device has engines for them.
struct QueueChoice: Equatable {
  struct Place: Equatable {
    let familyIndex: UInt32
    let queueIndex: UInt32
  }

  /// VK_QUEUE_VIDEO_DECODE_BIT_KHR and VK_QUEUE_VIDEO_ENCODE_BIT_KHR, which also copy.
  private static let videoBits: UInt32 = 0x60

  let work: Place
  let upload: Place
  let download: Place

  /// Nil if there is no queue to compute with.
  init?(_ families: [PhysicalDevice.QueueFamily]) {
    let computing = families.filter { $0.has(VK_QUEUE_COMPUTE_BIT) && $0.queueCount > 0 }
    guard let worker = computing.first(where: { !$0.has(VK_QUEUE_GRAPHICS_BIT) }) ?? computing.first else {
      return nil
    }
    work = Place(familyIndex: worker.index, queueIndex: 0)
    let copier = families.first {
      $0.has(VK_QUEUE_TRANSFER_BIT) && !$0.has(VK_QUEUE_COMPUTE_BIT) && !$0.has(VK_QUEUE_GRAPHICS_BIT)
        && $0.flags & Self.videoBits == 0 && $0.queueCount > 0
    }
    upload = copier.map { Place(familyIndex: $0.index, queueIndex: 0) } ?? work
    download = copier.map { Place(familyIndex: $0.index, queueIndex: min(1, $0.queueCount - 1)) } ?? work
  }

  /// How many queues to make of each family, by family.
  var queueCounts: [UInt32: UInt32] {
    var counts: [UInt32: UInt32] = [:]
    for place in [work, upload, download] {
      counts[place.familyIndex] = max(counts[place.familyIndex] ?? 0, place.queueIndex + 1)
    }
    return counts
  }
}
