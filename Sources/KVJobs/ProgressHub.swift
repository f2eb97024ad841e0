import KVLedger
import KVModel
import Synchronization

/// Shows how jobs stand to those who watch them. A watcher that falls behind sees only the newest snapshot, never a queue of
/// old ones, and costs a job nothing until it asks for the next.
final class ProgressHub: Sendable {
    private struct Channel {
        /// The newest snapshot while the job is at work.
        var newest: Job?
        /// What watchers see: the newest snapshot, the last one of a job that has ended, or what is stored of another.
        var shown: Job?
        /// The number of snapshots that have been shown.
        var version = 0
        /// The version that each watcher has seen.
        var seen: [Int: Int] = [:]
        /// Ends the waits of watchers that have seen the newest version.
        var waiting: [Int: AsyncStream<Never>.Continuation] = [:]

        mutating func show(_ job: Job) {
            shown = job
            version += 1
            for wait in waiting.values { wait.finish() }
            waiting = [:]
        }
    }

    private struct State {
        var channels: [JobID: Channel] = [:]
        var nextWatcher = 0
    }

    private let state = Mutex(State())
    let figures: JobFigures

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
        state.withLock { $0.channels[id]?.seen.count ?? 0 }
    }

    /// Call it in the order in which the ledger has stored the snapshots. One in a final state is the last.
    func publish(_ job: Job) {
        state.withLock { state in
            var channel = state.channels[job.id] ?? Channel()
            var job = job
            job.progress.sequence = max(job.progress.sequence, (channel.newest?.progress.sequence ?? -1) + 1)
            // What was done before the program started is not counted.
            if let before = channel.newest { figures.count(job.kindName, from: before.progress, to: job.progress) }
            channel.newest = job.state.isFinal ? nil : job
            channel.show(job)
            state.channels[job.id] = channel.newest == nil && channel.seen.isEmpty ? nil : channel
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
            state.channels[id]?.show(job)
        }
    }

    // MARK: Watching

    /// The stream begins with the newest snapshot or, when the job is not at work, with what `stored` finds. It ends after a
    /// final one.
    func withProgress<Result>(
        of id: JobID, stored: () async throws -> Job, _ body: (AsyncStream<Job>) async throws -> Result
    ) async throws -> Result {
        let watcher = add(to: id)
        defer { remove(watcher, from: id) }
        if newest(of: id) == nil {
            // Looked up only now, with the watcher in place: a job that ends meanwhile is seen in either way.
            let job = try await stored()
            state.withLock { state in
                if state.channels[id]?.shown == nil { state.channels[id]?.show(job) }
            }
        }
        return try await body(AsyncStream { await self.next(for: watcher, of: id) })
    }

    /// Waits for a snapshot that the watcher has not seen. Returns nil after a final one, and when the task is cancelled.
    private func next(for watcher: Int, of id: JobID) async -> Job? {
        while !Task.isCancelled {
            let (news, wait) = AsyncStream.makeStream(of: Never.self)
            switch take(for: watcher, of: id, orWait: wait) {
            case .snapshot(let job): return job
            case .end: return nil
            case .wait: for await _ in news {}
            }
        }
        return nil
    }

    private enum Turn {
        case snapshot(Job), end, wait
    }

    private func take(for watcher: Int, of id: JobID, orWait wait: AsyncStream<Never>.Continuation) -> Turn {
        state.withLock { state in
            guard let channel = state.channels[id], let seen = channel.seen[watcher], let shown = channel.shown else {
                return .end
            }
            if seen < channel.version {
                state.channels[id]?.seen[watcher] = channel.version
                return .snapshot(shown)
            }
            if shown.state.isFinal { return .end }
            state.channels[id]?.waiting[watcher] = wait
            return .wait
        }
    }

    private func add(to id: JobID) -> Int {
        state.withLock { state in
            state.nextWatcher += 1
            state.channels[id, default: Channel()].seen[state.nextWatcher] = 0
            return state.nextWatcher
        }
    }

    private func remove(_ watcher: Int, from id: JobID) {
        state.withLock { state in
            state.channels[id]?.waiting[watcher] = nil
            state.channels[id]?.seen[watcher] = nil
            if let channel = state.channels[id], channel.newest == nil, channel.seen.isEmpty {
                state.channels[id] = nil
            }
        }
    }
}
