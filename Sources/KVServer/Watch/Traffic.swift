import CoreMetrics
import HTTPTypes
import Hummingbird
package import KVHTTP
import KVJobs
package import KVModel
import Synchronization

/// Counts the requests of the server by route, method and status, and the time until the head of their response.
///
/// The figures since the start are recorded by instruments of swift-metrics. Each is created at the first request that needs it
/// and kept, so that counting a request builds no text.
package final class Traffic: Sendable {
    static let requestsName = "kv_http_requests_total"
    static let durationName = "kv_http_request_duration_seconds"
    static let inFlightName = "kv_http_requests_in_flight"

    package struct Ending: Hashable, Sendable {
        var method: String
        var status: Int

        package init(method: String, status: Int) {
            self.method = method
            self.status = status
        }
    }

    /// The figures of one interval.
    struct Figures: Sendable {
        var requests = 0
        /// Answered 429.
        var throttled = 0
        /// Answered 5xx.
        var errors = 0
        var latencies = Latencies()
    }

    /// The instruments of one route.
    private struct Route {
        private let duration: CoreMetrics.Timer
        /// A route has few endings.
        private var counters: [(ending: Ending, counter: Counter)] = []
        private let name: String
        private let metrics: PrometheusRegistry

        init(_ name: String, _ metrics: PrometheusRegistry) {
            self.name = name
            self.metrics = metrics
            duration = Timer(label: durationName, dimensions: [("route", name)], factory: metrics)
        }

        mutating func note(_ ending: Ending, _ nanoseconds: Int64?) {
            if let nanoseconds { duration.recordNanoseconds(nanoseconds) }
            if let index = counters.firstIndex(where: { $0.ending == ending }) {
                return counters[index].counter.increment()
            }
            let counter = Counter(
                label: requestsName,
                dimensions: [("route", name), ("method", ending.method), ("status", "\(ending.status)")],
                factory: metrics)
            counter.increment()
            counters.append((ending, counter))
        }
    }

    private struct State {
        /// By the numbers of their patterns; the first one is for requests without a route.
        var routes: [Route?] = []
        var history = History(stretch: JobFigures.stretch, count: JobFigures.stretches, none: Figures())
    }

    private let state = Mutex(State())
    private let metrics: PrometheusRegistry
    private let requestsInFlight: Meter
    private let clock: WallClock

    package init(metrics: PrometheusRegistry = PrometheusRegistry(), clock: WallClock) {
        self.metrics = metrics
        self.clock = clock
        requestsInFlight = Meter(label: Self.inFlightName, factory: metrics)
    }

    /// Counts a request that has arrived.
    package func begin() { requestsInFlight.increment() }

    /// Counts a request whose client closed the connection before the response.
    func breakOff() { requestsInFlight.decrement() }

    /// - Parameters:
    ///   - route: Nil for requests without a route.
    ///   - isWaiting: Whether the response was delayed on purpose until something changed.
    package func end(_ ending: Ending, of route: RoutePattern?, after duration: Duration, isWaiting: Bool) {
        requestsInFlight.decrement()
        let parts = duration.components
        let nanoseconds = parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
        let seconds = Double(nanoseconds) / 1e9
        let time = clock.now
        state.withLock { state in
            state.history.note(at: time) { figures in
                figures.requests += 1
                if ending.status == 429 { figures.throttled += 1 }
                if ending.status >= 500 { figures.errors += 1 }
                if !isWaiting { figures.latencies.add(seconds) }
            }
            let number = route?.number ?? 0
            while state.routes.count <= number { state.routes.append(nil) }
            if state.routes[number] == nil { state.routes[number] = Route(route?.text ?? "none", metrics) }
            state.routes[number]?.note(ending, isWaiting ? nil : nanoseconds)
        }
    }

    var inFlight: Int { metrics.gauges(Self.inFlightName).first.map { Int($0.value) } ?? 0 }

    /// The figures of the last intervals that are over at a time, the oldest first.
    func last(_ count: Int, before time: Timestamp) -> [Figures] {
        state.withLock { $0.history.last(count, before: time) }
    }
}
