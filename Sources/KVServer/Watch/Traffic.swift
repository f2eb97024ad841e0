import HTTPTypes
import Hummingbird
import KVJobs
package import KVModel
import Synchronization

/// Counts the requests of the server: how many, of which route, how they ended and how long they took to their answer's head.
package final class Traffic: Sendable {
    package struct Ending: Hashable, Sendable {
        var method: String
        var status: Int

        package init(method: String, status: Int) {
            self.method = method
            self.status = status
        }
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

    /// Of one route, since the start.
    struct Route: Sendable {
        private(set) var counts: [Ending: Int] = [:]
        private(set) var latencies = Latencies()

        fileprivate mutating func note(_ ending: Ending, _ seconds: Double?) {
            counts[ending, default: 0] += 1
            if let seconds { latencies.add(seconds) }
        }
    }

    private struct State {
        var routes: [String: Route] = [:]
        var history = History(stretch: JobFigures.stretch, count: JobFigures.stretches, none: Figures())
    }

    private let state = Mutex(State())
    private let requestsInFlight = Atomic(0)
    private let clock: WallClock

    package init(clock: WallClock) {
        self.clock = clock
    }

    package func begin() { requestsInFlight.add(1, ordering: .relaxed) }

    /// The client broke off; nothing was answered.
    func breakOff() { requestsInFlight.subtract(1, ordering: .relaxed) }

    /// - Parameters:
    ///   - route: Its pattern.
    ///   - isWaiting: Whether the answer was held back on purpose, until there would be news.
    package func end(_ ending: Ending, of route: String, after duration: Duration, isWaiting: Bool) {
        requestsInFlight.subtract(1, ordering: .relaxed)
        let parts = duration.components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
        let time = clock.now
        state.withLock { state in
            state.routes[route, default: Route()].note(ending, isWaiting ? nil : seconds)
            state.history.note(at: time) { figures in
                figures.requests += 1
                if ending.status == 429 { figures.throttled += 1 }
                if ending.status >= 500 { figures.errors += 1 }
                if !isWaiting { figures.latencies.add(seconds) }
            }
        }
    }

    /// By the route's pattern.
    var routes: [String: Route] { state.withLock { $0.routes } }

    var inFlight: Int { requestsInFlight.load(ordering: .relaxed) }

    /// Of the last stretches that are over at a time, the oldest first.
    func last(_ count: Int, before time: Timestamp) -> [Figures] {
        state.withLock { $0.history.last(count, before: time) }
    }
}
