import KVFiles
import NIOCore
import NIOPosix
import Synchronization

/// Has free memory given back to the system after many bytes of bodies have been in it: once a second, until a second has
/// passed in which none became free.
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

        /// Returns whether there is to be another time.
        mutating func begin() -> Bool {
            isScheduled = released > 0
            released = 0
            return isScheduled
        }
    }

    private let reclaim: @Sendable () -> Void
    private let state = Mutex(State())

    init(_ reclaim: @escaping @Sendable () -> Void) {
        self.reclaim = reclaim
    }

    /// Notes that memory is free again.
    func released(_ bytes: Int) {
        if state.withLock({ $0.note(bytes, enough: Self.muchBytes) }) { schedule() }
    }

    private func schedule() {
        MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: Self.pause) { [self] in
            Blocking.start {
                let isFollowed = self.state.withLock { $0.begin() }
                self.reclaim()
                if isFollowed { self.schedule() }
            }
        }
    }
}
