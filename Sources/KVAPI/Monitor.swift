extension API {
    /// The answer to `GET /api/monitor`. Series cover stretches of `secondsEach`, the oldest first.
    package struct Monitor: Codable, Sendable {
        package var secondsEach: Int
        /// Requests answered.
        package var requests: [Int]
        /// Answers with the status 429.
        package var throttled: [Int]
        /// Answers with a status from 500.
        package var errors: [Int]
        /// The time within which 99 of 100 requests are answered; null where there were no requests.
        package var p99Milliseconds: [Double?]
        /// Keys that jobs have processed.
        package var keys: [Int]
        package var now: MonitorNow
        /// The last lines of the log, the oldest first.
        package var log: [LogLine]

        package init(
            secondsEach: Int, requests: [Int], throttled: [Int], errors: [Int], p99Milliseconds: [Double?],
            keys: [Int], now: MonitorNow, log: [LogLine]
        ) {
            self.secondsEach = secondsEach
            self.requests = requests
            self.throttled = throttled
            self.errors = errors
            self.p99Milliseconds = p99Milliseconds
            self.keys = keys
            self.now = now
            self.log = log
        }
    }

    /// The present figures of the program.
    package struct MonitorNow: Codable, Sendable {
        /// The number of open WebSockets.
        package var webSockets: Int
        /// The number of WebSockets refused since the start.
        package var webSocketsRefused: Int
        /// The number of requests that are not answered yet.
        package var inFlight: Int
        package var memoryBytes: Int
        /// Over the last minute.
        @Nullable package var p99Milliseconds: Double?
        /// The stores whose requests cost a quota.
        package var stores: [StoreFigures]

        package init(
            webSockets: Int, webSocketsRefused: Int, inFlight: Int, memoryBytes: Int, p99Milliseconds: Double?,
            stores: [StoreFigures]
        ) {
            self.webSockets = webSockets
            self.webSocketsRefused = webSocketsRefused
            self.inFlight = inFlight
            self.memoryBytes = memoryBytes
            self.p99Milliseconds = p99Milliseconds
            self.stores = stores
        }
    }

    /// Requests to a store whose requests cost a quota.
    package struct StoreFigures: Codable, Sendable {
        package var name: String
        /// The number of requests sent since the start.
        package var requests: Int
        /// Of them, those that the store refused as too many.
        package var throttled: Int
        /// The number of requests that wait for their turn.
        package var waiting: Int

        package init(name: String, requests: Int, throttled: Int, waiting: Int) {
            self.name = name
            self.requests = requests
            self.throttled = throttled
            self.waiting = waiting
        }
    }

    /// A line of the log.
    package struct LogLine: Codable, Sendable {
        package var at: Time
        package var level: String
        package var message: String
        /// Each as `name=value`.
        package var fields: [String]

        package init(at: Time, level: String, message: String, fields: [String]) {
            self.at = at
            self.level = level
            self.message = message
            self.fields = fields
        }
    }
}
