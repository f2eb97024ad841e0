import KVLedger
package import KVModel
import Synchronization

/// What jobs have done since the start of the program.
package final class JobFigures: Sendable {
    /// Milliseconds of one stretch of the history, and how many of them are remembered: an hour.
    package static let (stretch, stretches): (Int64, Int) = (10_000, 361)

    package struct Counts: Hashable, Sendable {
        package var succeeded = 0
        package var failed = 0
        package var skipped = 0
        package var bytes = 0

        package init() {}

        fileprivate mutating func add(_ before: JobProgress, _ after: JobProgress) {
            succeeded += max(0, after.succeeded - before.succeeded)
            failed += max(0, after.failed - before.failed)
            skipped += max(0, after.skipped - before.skipped)
            bytes += max(0, after.bytes - before.bytes)
        }
    }

    private struct State {
        var byKind: [String: Counts] = [:]
        var history = History(stretch: stretch, count: stretches, none: Counts())
    }

    private let state = Mutex(State())
    private let clock: WallClock

    init(clock: WallClock) {
        self.clock = clock
    }

    func count(_ kind: String, from before: JobProgress, to after: JobProgress) {
        guard after.processed != before.processed || after.bytes != before.bytes else { return }
        state.withLock { state in
            state.byKind[kind, default: Counts()].add(before, after)
            state.history.note(at: clock.now) { $0.add(before, after) }
        }
    }

    /// By the names of kinds.
    package var byKind: [String: Counts] { state.withLock { $0.byKind } }

    /// Of the last stretches that are over at a time, the oldest first.
    package func last(_ count: Int, before time: Timestamp) -> [Counts] {
        state.withLock { $0.history.last(count, before: time) }
    }
}
