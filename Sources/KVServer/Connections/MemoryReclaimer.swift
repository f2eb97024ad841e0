import NIOCore
import NIOPosix
import Synchronization

/// Has free memory given back to the system after many bytes of bodies have been in it, at most once a second.
final class MemoryReclaimer: Sendable {
    private static let pause = TimeAmount.seconds(1)
    private static let muchBytes = 8 << 20

    private struct State {
        /// Bytes since the last time.
        var released = 0
        var isScheduled = false

        mutating func note(_ bytes: Int, enough: Int) -> Bool {
            released += bytes
            guard released >= enough, !isScheduled else { return false }
            isScheduled = true
            return true
        }
    }

    private let reclaim: @Sendable () -> Void
    private let state = Mutex(State())

    init(_ reclaim: @escaping @Sendable () -> Void) {
        self.reclaim = reclaim
    }

    /// Notes that memory is free again.
    func released(_ bytes: Int) {
        let isFirst = state.withLock { $0.note(bytes, enough: Self.muchBytes) }
        guard isFirst else { return }
        MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: Self.pause) { [self] in
            NIOThreadPool.singleton.submit { _ in
                self.state.withLock { $0 = State() }
                self.reclaim()
            }
        }
    }
}
