import NIOCore
import NIOPosix
import Synchronization

/// Has free memory given back to the system after large bodies have been in it, at most once a second.
final class MemoryReclaimer: Sendable {
    private static let pause = TimeAmount.seconds(1)
    private static let largeBytes = 1 << 20

    private let reclaim: @Sendable () -> Void
    private let isScheduled = Mutex(false)

    init(_ reclaim: @escaping @Sendable () -> Void) {
        self.reclaim = reclaim
    }

    /// Notes that memory is free again.
    func released(_ bytes: Int) {
        guard bytes >= Self.largeBytes else { return }
        let isFirst = isScheduled.withLock { isScheduled in
            defer { isScheduled = true }
            return !isScheduled
        }
        guard isFirst else { return }
        MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: Self.pause) { [self] in
            NIOThreadPool.singleton.submit { _ in
                self.isScheduled.withLock { $0 = false }
                self.reclaim()
            }
        }
    }
}
