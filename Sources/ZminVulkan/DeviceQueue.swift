internal import CZminVulkan
import Synchronization

/// A device queue. One thread at a time may submit to it.
///
/// `@unchecked Sendable` because the handle is constant and the mutex guards its use.
final class DeviceQueue: @unchecked Sendable {
  let familyIndex: UInt32
  private let handle: VkQueue?
  private let lock = Mutex(())

  init(_ handle: VkQueue?, familyIndex: UInt32) {
    self.handle = handle
    self.familyIndex = familyIndex
  }

  /// Calls `body` while holding the queue's lock.
  func withHandle<Value>(_ body: (VkQueue?) -> Value) -> Value {
    lock.withLock { _ in body(handle) }
  }
}

/// Queues chosen for work, uploads and downloads. Copies use separate queues where the device has copy engines.
struct QueueChoice: Equatable {
  struct Queue: Equatable {
    let familyIndex: UInt32
    let queueIndex: UInt32
  }

  /// VK_QUEUE_VIDEO_DECODE_BIT_KHR and VK_QUEUE_VIDEO_ENCODE_BIT_KHR. Video queues can copy but are no copy engines.
  private static let videoBits: UInt32 = 0x60

  let work: Queue
  let upload: Queue
  let download: Queue

  /// Chooses queues. Fails if no family can compute.
  init?(_ families: [PhysicalDevice.QueueFamily]) {
    let computing = families.filter { $0.has(VK_QUEUE_COMPUTE_BIT) && $0.queueCount > 0 }
    guard let worker = computing.first(where: { !$0.has(VK_QUEUE_GRAPHICS_BIT) }) ?? computing.first else {
      return nil
    }
    work = Queue(familyIndex: worker.index, queueIndex: 0)
    let copier = families.first {
      $0.has(VK_QUEUE_TRANSFER_BIT) && !$0.has(VK_QUEUE_COMPUTE_BIT) && !$0.has(VK_QUEUE_GRAPHICS_BIT)
        && $0.flags & Self.videoBits == 0 && $0.queueCount > 0
    }
    upload = copier.map { Queue(familyIndex: $0.index, queueIndex: 0) } ?? work
    download = copier.map { Queue(familyIndex: $0.index, queueIndex: min(1, $0.queueCount - 1)) } ?? work
  }

  /// Number of queues to create in each family, by family index.
  var queueCounts: [UInt32: UInt32] {
    var counts: [UInt32: UInt32] = [:]
    for queue in [work, upload, download] {
      counts[queue.familyIndex] = max(counts[queue.familyIndex] ?? 0, queue.queueIndex + 1)
    }
    return counts
  }
}
