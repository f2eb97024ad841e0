import Synchronization

/// On whose behalf an engine works, and until when. `KeyValueEngine.working(in:)` binds an engine to it.
///
/// An engine that is reached over a network sends the requests of users before those of jobs. For a job it counts the
/// requests and reports waits for a quota.
package final class WorkContext: Sendable {
    package enum Priority: Hashable, Sendable {
        /// A user waits for the answer.
        case users
        case jobs
    }

    /// Why requests wait until a time.
    package struct Wait: Hashable, Sendable {
        package enum Reason: Hashable, Sendable {
            /// The quota is used up, and nothing more is sent.
            case quota
            /// The store has refused a request because there were too many.
            case refused
        }

        package var reason: Reason
        package var until: Timestamp

        package init(reason: Reason, until: Timestamp) {
            self.reason = reason
            self.until = until
        }
    }

    /// Users whose requests belong to no trace. An engine that has not been bound works in this context.
    package static let users = WorkContext(trace: nil)

    package let priority: Priority
    /// Whether every value is read byte for byte, even where that takes a request for each.
    package let readsExactly: Bool
    /// The trace that requests to other servers continue.
    package let trace: TraceContext?

    private struct State {
        var requests = 0
        var wait: Wait?
        var isOver = false
        var waiters: [Int: @Sendable () -> Void] = [:]
        var lastWaiter = 0
    }

    private let state = Mutex(State())
    private let changed: @Sendable (_ requests: Int, _ wait: Wait?) -> Void

    /// The context of one user's request.
    package init(trace: TraceContext?) {
        self.trace = trace
        priority = .users
        readsExactly = false
        changed = { _, _ in }
    }

    /// The context of a job.
    ///
    /// - Parameter changed: Called when a request was counted or a wait began, on any thread. It must be quick.
    package init(
        jobReadingExactly readsExactly: Bool, changed: @escaping @Sendable (_ requests: Int, _ wait: Wait?) -> Void
    ) {
        self.readsExactly = readsExactly
        self.changed = changed
        priority = .jobs
        trace = nil
    }

    /// The number of requests sent for a job, repeated ones included.
    package var requests: Int { state.withLock { $0.requests } }

    /// The present wait of a job.
    package var wait: Wait? { state.withLock { $0.wait } }

    /// Counts a request that is about to be sent for a job. Ends the present wait.
    package func countRequest() {
        guard priority == .jobs else { return }
        let requests = state.withLock { state in
            state.requests += 1
            state.wait = nil
            return state.requests
        }
        changed(requests, nil)
    }

    /// Reports that requests of a job wait.
    package func wait(_ wait: Wait) {
        let (isNew, requests) = state.withLock { state in
            defer { state.wait = wait }
            return (state.wait != wait, state.requests)
        }
        if isNew { changed(requests, wait) }
    }

    // MARK: Ending

    /// Whether the work has ended: nothing more is to be sent.
    package var isOver: Bool { state.withLock { $0.isOver } }

    /// Ends the work: requests that have not been sent are not sent, and those that wait for their turn are notified.
    package func end() {
        let waiters = state.withLock { state in
            state.isOver = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter() }
    }

    /// Calls `ended` when the work ends while `body` waits, or at once if it has.
    package func whileWaiting<Result>(
        ended: @escaping @Sendable () -> Void, _ body: () async throws -> Result
    ) async rethrows -> Result {
        let waiter: Int? = state.withLock { state in
            guard !state.isOver else { return nil }
            state.lastWaiter += 1
            state.waiters[state.lastWaiter] = ended
            return state.lastWaiter
        }
        if waiter == nil { ended() }
        defer { state.withLock { state in waiter.map { state.waiters[$0] = nil } } }
        return try await body()
    }

    /// Waits before a request is sent again. Throws `CancellationError` as soon as the work ends.
    package func pause(seconds: Double) async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        try await whileWaiting(ended: { end.finish() }) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Task.sleep(for: .seconds(seconds)) }
                group.addTask {
                    for await _ in ends {}
                    throw CancellationError()
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }
}
