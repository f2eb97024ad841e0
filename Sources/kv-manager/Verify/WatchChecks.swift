import ArgumentParser
import KVClient
import NIOHTTP1

/// What counts as too much.
struct WatchLimits: ParsableArguments {
    @Option(help: ArgumentHelp("Requests a minute while nothing is done.", valueName: "count"))
    var maxIdleRequestsPerMinute = 100

    @Option(help: ArgumentHelp("Answers 429.", valueName: "count"))
    var maxThrottled = 0

    @Option(help: ArgumentHelp("Answers with a status from 500 on.", valueName: "count"))
    var maxErrors = 0

    @Option(help: ArgumentHelp("WebSockets open while nothing is done.", valueName: "count"))
    var maxWebsockets = 0

    @Option(
        help: ArgumentHelp("The time below which 99 of 100 requests are answered, in milliseconds.", valueName: "ms"))
    var maxP99 = 1_000
}

/// What the server's own figures say: of the checks before, and of a while in which nothing is done.
struct WatchChecks {
    private static let section = "Monitoring"
    /// How many requests are timed from here.
    private static let timed = 10

    let client: APIClient
    let limits: WatchLimits
    /// Seconds for which nothing is done.
    let watch: Int
    /// WebSockets of these checks, which are open meanwhile.
    let ownSockets: Int

    /// - Parameter start: The figures before anything was done.
    func run(_ list: Checklist, since start: Figures) async throws {
        let name = "kv_http_requests_total"
        try await list.check(Self.section, "latency from here") {
            try Self.judge(try await slowestAnswer(), limits.maxP99, "ms at most")
        }
        let found = try await list.value(Self.section, "figures") {
            let before = try await Figures(client)
            guard before.sum(name) > start.sum(name) else {
                throw Unmet("/metrics counts no requests, and there were many")
            }
            try await Task.sleep(for: .seconds(watch))
            return ((before: before, after: try await Figures(client)), "of \(watch) seconds")
        }
        guard let (before, after) = found else { return }
        let own = ["route=\"/metrics\""]
        if watch > 0 {
            try await list.check(Self.section, "idle requests") {
                let count = after.sum(name, without: own) - before.sum(name, without: own)
                let rate = Int((count * 60 / Double(watch)).rounded(.up))
                return try Self.judge(rate, limits.maxIdleRequestsPerMinute, "a minute")
            }
        }
        try await list.check(Self.section, "open WebSockets") {
            let opened = "kv_websockets_opened_total"
            let open = Int(after.sum("kv_websockets_open")) - ownSockets,
                new = Int(after.sum(opened) - before.sum(opened))
            return try Self.judge(max(open, new, 0), limits.maxWebsockets, open < new ? "opened" : "open")
        }
        try await list.check(Self.section, "throttled") {
            let words = ["status=\"429\""]
            let stores = after.sum("kv_engine_throttled_total") - start.sum("kv_engine_throttled_total")
            let count = after.sum(name, with: words) - start.sum(name, with: words) + stores
            return try Self.judge(Int(count), limits.maxThrottled, "answers 429")
        }
        try await list.check(Self.section, "errors") {
            let words = ["status=\"5"]
            return try Self.judge(
                Int(after.sum(name, with: words) - start.sum(name, with: words)), limits.maxErrors,
                "answers from 500 on")
        }
        try await list.check(Self.section, "latency") {
            guard let seconds = after.latency(0.99, since: start) else { throw Unmet("/metrics times no requests") }
            guard seconds.isFinite else { throw Unmet("more than 10 s, p99 at the server") }
            return try Self.judge(Int((seconds * 1_000).rounded(.up)), limits.maxP99, "ms, p99 at the server")
        }
    }

    /// Of some requests that ask nothing, in milliseconds: what lies between here and the server is in it.
    private func slowestAnswer() async throws -> Int {
        var slowest = Duration.zero
        for _ in 0..<Self.timed {
            let start = ContinuousClock.now
            _ = try await client.send(.GET, "/healthz")
            slowest = max(slowest, ContinuousClock.now - start)
        }
        return Int((slowest / .milliseconds(1)).rounded(.up))
    }

    private static func judge(_ found: Int, _ limit: Int, _ words: String) throws -> String {
        guard found <= limit else {
            throw Unmet("\(DisplayText.count(found)) \(words), more than \(DisplayText.count(limit))")
        }
        return "\(DisplayText.count(found)) \(words)"
    }
}
