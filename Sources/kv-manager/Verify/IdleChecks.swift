import KVAPI
import KVClient
import NIOHTTP1
import Synchronization

/// Leaves a WebSocket without messages and a request without an answer while the other checks run. Both follow a paused job, which
/// does not change.
struct IdleChecks {
    private static let section = "Proxy"
    /// The number of jobs that are started until one can be paused before it ends.
    private static let attempts = 3
    private static let expiration = 4_102_444_800
    /// Seconds for which the server holds an answer back at the request of the interface and the commands.
    private static let longestWait = 20
    /// Seconds in which the server answers after the idle time.
    private static let patience = 10

    let client: APIClient
    let namespaces: TemporaryNamespaces
    /// The idle time. The server sends a ping every 20 seconds.
    let seconds: Int

    private var jobs: CheckJobs { CheckJobs(client: client) }

    /// Returns the job that the checks follow, or nil if there is none.
    func prepare(_ list: Checklist) async throws -> String? {
        guard seconds > 0 else { return nil }
        let job = try await list.value(Self.section, "pause") {
            let job = try await pausedJob()
            return (
                job,
                job == nil ? "nothing is left idle: each job ended before it could be paused" : "a job that has no news"
            )
        }
        return job.flatMap { $0 }
    }

    /// Returns a paused job; nil where each ended before the request to pause it arrived.
    private func pausedJob() async throws -> String? {
        let place = try await namespaces.make()
        try await jobs.loadMany(into: place, isPaid: jobs.isPaid(place.store))
        for attempt in 0..<Self.attempts {
            var body = CheckJobs.body("expire", place)
            body.expiration = Self.expiration + attempt
            let id = try await client.start(body).id
            await namespaces.cancelLater(id)
            do {
                try await client.send(.pause, to: id)
            } catch let error as ClientError where error.code == "invalid_transition" {
                continue
            }
            if try await isPaused(id) { return id }
        }
        return nil
    }

    /// Waits until the job is paused or has ended.
    private func isPaused(_ id: String) async throws -> Bool {
        var job = try await client.job(id)
        while job.finishedAt == nil, job.state != "paused" { job = try await client.job(after: job, wait: 1) }
        return job.state == "paused"
    }

    func run(_ list: Checklist, on job: String?) async throws {
        guard let job else { return }
        async let held = list.check(Self.section, "held answer") { try await heldAnswer(job) }
        try await list.check(Self.section, "idle WebSocket") { try await socket(job) }
        _ = try await held
    }

    private func heldAnswer(_ job: String) async throws -> String {
        let wait = min(seconds, Self.longestWait)
        let seen = try await client.job(job)
        do {
            _ = try await client.job(after: seen, wait: wait)
        } catch let error as ClientError {
            throw Unmet("an answer that is held back for \(wait) s did not arrive: \(error.detail)", .heldAnswer)
        }
        return "after \(wait) s"
    }

    private func socket(_ job: String) async throws -> String {
        let start = Mutex<ContinuousClock.Instant?>(nil)
        let conversation = try await client.listen(
            at: APIClient.job(job) + "/progress", within: Int64(seconds + Self.patience)
        ) { [seconds] _ in
            let isFirst = start.withLock { start in
                defer { start = start ?? .now }
                return start == nil
            }
            return isFirst ? .init(API.WatcherMessage(.cancel), after: .seconds(seconds)) : nil
        }
        guard let opened = start.withLock({ $0 }) else { throw Unmet("it opened, and nothing was sent", .upgrade) }
        if conversation.closeCode == 1000, conversation.messages.last?.type == .finished {
            return "open for \(seconds) s without a message, then used"
        }
        let passed = Int(((ContinuousClock.now - opened) / .seconds(1)).rounded())
        throw Unmet(
            passed < seconds
                ? "the connection was closed after \(passed) s without a message"
                : "no answer to a message after \(seconds) s without one", .idleSocket)
    }
}
