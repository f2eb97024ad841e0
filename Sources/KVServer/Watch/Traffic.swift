import HTTPTypes
import Hummingbird
import KVJobs
import KVModel
import Synchronization

/// Counts the requests of the server: how many, of which route, how they ended and how long they took to their answer's head.
final class Traffic: Sendable {
    struct Kind: Hashable, Sendable {
        var route: String
        var method: String
        var status: Int
    }

    /// Of one stretch of time.
    struct Figures: Sendable {
        var requests = 0
        /// Answered 429.
        var throttled = 0
        /// Answered 5xx.
        var errors = 0
        var latencies = Latencies()
    }

    struct Snapshot: Sendable {
        var counts: [Kind: Int] = [:]
        var latencies: [String: Latencies] = [:]
        var inFlight = 0
    }

    private struct State {
        var all = Snapshot()
        var history = History(stretch: JobFigures.stretch, count: JobFigures.stretches, none: Figures())
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Int64

    /// - Parameter now: milliseconds since 1970.
    init(now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    func begin() { state.withLock { $0.all.inFlight += 1 } }

    /// The client broke off; nothing was answered.
    func breakOff() { state.withLock { $0.all.inFlight -= 1 } }

    /// - Parameter isWaiting: whether the answer was held back on purpose, until there would be news.
    func end(_ kind: Kind, after duration: Duration, isWaiting: Bool) {
        let parts = duration.components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
        let time = now()
        state.withLock { state in
            state.all.inFlight -= 1
            state.all.counts[kind, default: 0] += 1
            if !isWaiting { state.all.latencies[kind.route, default: Latencies()].add(seconds) }
            state.history.note(at: time) { figures in
                figures.requests += 1
                if kind.status == 429 { figures.throttled += 1 }
                if kind.status >= 500 { figures.errors += 1 }
                if !isWaiting { figures.latencies.add(seconds) }
            }
        }
    }

    var snapshot: Snapshot { state.withLock { $0.all } }

    /// Of the last stretches that are over, the oldest first.
    func last(_ count: Int) -> [Figures] { state.withLock { $0.history.last(count, before: now()) } }
}
