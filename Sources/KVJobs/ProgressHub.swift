import KVLedger
import KVModel
import Synchronization

/// Passes on how jobs stand. It keeps the newest snapshot of each running job and wakes those who watch it: a watcher that
/// falls behind sees only the newest, never a queue of old ones.
final class ProgressHub: Sendable {
    private struct Channel {
        var newest: Job?
        var watchers: [Int: AsyncStream<Job>.Continuation] = [:]
    }

    private struct State {
        var channels: [JobID: Channel] = [:]
        var nextWatcher = 0
    }

    private let state = Mutex(State())
    let figures: JobFigures

    /// - Parameter now: milliseconds since 1970.
    init(clock: WallClock) {
        figures = JobFigures(clock: clock)
    }

    /// The newest snapshot, while the job is at work.
    func newest(of id: JobID) -> Job? {
        state.withLock { $0.channels[id]?.newest }
    }

    /// Above every sequence that has been shown of the job.
    func nextSequence(of job: Job) -> Int {
        max(job.progress.sequence, newest(of: job.id)?.progress.sequence ?? 0) + 1
    }

    /// How many watch the job.
    func watchers(of id: JobID) -> Int {
        state.withLock { $0.channels[id]?.watchers.count ?? 0 }
    }

    /// Call it in the order in which the ledger has stored the snapshots. The last one, in a final state, ends the streams
    /// of its watchers.
    func publish(_ job: Job) {
        state.withLock { state in
            var channel = state.channels[job.id] ?? Channel()
            var job = job
            job.progress.sequence = max(job.progress.sequence, (channel.newest?.progress.sequence ?? -1) + 1)
            // What was done before the program started is not counted.
            if let before = channel.newest { figures.count(job.kindName, from: before.progress, to: job.progress) }
            for watcher in channel.watchers.values {
                watcher.yield(job)
                if job.state.isFinal { watcher.finish() }
            }
            channel.newest = job.state.isFinal ? nil : job
            if job.state.isFinal { channel.watchers = [:] }
            state.channels[job.id] = channel.newest == nil ? nil : channel
        }
    }

    /// Changes what is shown of a job at work, between two of its own snapshots.
    func amend(_ id: JobID, _ change: (inout JobProgress) -> Void) {
        state.withLock { state in
            guard var job = state.channels[id]?.newest, job.state == .running || job.state == .queued else {
                return
            }
            change(&job.progress)
            job.progress.sequence += 1
            state.channels[id]?.newest = job
            for watcher in state.channels[id]?.watchers.values ?? [:].values { watcher.yield(job) }
        }
    }

    /// The stream begins with the newest snapshot, or, when the job is not at work, with what `stored` finds. It ends
    /// behind a final one, and is taken away when `body` returns.
    func withProgress<Result>(
        of id: JobID, stored: () async throws -> Job, _ body: (AsyncStream<Job>) async throws -> Result
    ) async throws -> Result {
        let (stream, continuation) = AsyncStream.makeStream(of: Job.self, bufferingPolicy: .bufferingNewest(1))
        let watcher = add(continuation, to: id)
        defer { remove(watcher, from: id) }
        if newest(of: id) == nil {
            // Looked up only now, with the watcher in place: a job that ends meanwhile is seen in either way.
            let job = try await stored()
            state.withLock { state in
                guard state.channels[id]?.newest == nil else { return }
                continuation.yield(job)
                if job.state.isFinal { continuation.finish() }
            }
        }
        return try await body(stream)
    }

    private func add(_ continuation: AsyncStream<Job>.Continuation, to id: JobID) -> Int {
        state.withLock { state in
            state.nextWatcher += 1
            state.channels[id, default: Channel()].watchers[state.nextWatcher] = continuation
            if let newest = state.channels[id]?.newest { continuation.yield(newest) }
            return state.nextWatcher
        }
    }

    private func remove(_ watcher: Int, from id: JobID) {
        state.withLock { state in
            state.channels[id]?.watchers[watcher]?.finish()
            state.channels[id]?.watchers[watcher] = nil
            if let channel = state.channels[id], channel.newest == nil, channel.watchers.isEmpty {
                state.channels[id] = nil
            }
        }
    }
}
