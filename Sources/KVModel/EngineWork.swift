import Synchronization

/// On whose behalf an engine is asked. Bound while a job works; unbound, people at a screen are waiting.
///
/// Engines that are reached over a network let people's requests go first, count what they send, and tell when a quota
/// makes them wait.
package final class EngineWork: Sendable {
    @TaskLocal package static var current: EngineWork?

    /// Why requests wait until a time.
    package struct Wait: Hashable, Sendable {
        package enum Reason: Hashable, Sendable {
            /// What the quota allows is used up, and no more is sent.
            case quota
            /// The store has refused a request as one too many.
            case refused
        }

        package var reason: Reason
        package var until: Timestamp

        package init(reason: Reason, until: Timestamp) {
            self.reason = reason
            self.until = until
        }
    }

    /// Whether every value is to be read byte for byte, also where that takes a request for each.
    package let readsExactly: Bool

    private struct State {
        var requests = 0
        var wait: Wait?
        var isOver = false
        var waiters: [Int: @Sendable () -> Void] = [:]
        var lastWaiter = 0
    }

    private let state = Mutex(State())
    private let changed: @Sendable (_ requests: Int, _ wait: Wait?) -> Void

    /// - Parameter changed: called on whatever thread a request was counted or a wait began; it must be quick.
    package init(readsExactly: Bool, changed: @escaping @Sendable (_ requests: Int, _ wait: Wait?) -> Void) {
        self.readsExactly = readsExactly
        self.changed = changed
    }

    /// Requests sent, repeated ones among them.
    package var requests: Int { state.withLock { $0.requests } }

    /// The wait at hand.
    package var wait: Wait? { state.withLock { $0.wait } }

    /// One goes out, and so no wait is at hand.
    package func countRequest() {
        let requests = state.withLock { state in
            state.requests += 1
            state.wait = nil
            return state.requests
        }
        changed(requests, nil)
    }

    // MARK: Ending

    /// Nobody wants the rest any more: requests that have not gone out do not, and those who wait for their turn are told.
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

    /// Waits before a request is sent again. Throws `CancellationError` at once when the work that the caller is part of ends.
    package static func pause(seconds: Double) async throws {
        guard let work = current else { return try await Task.sleep(for: .seconds(seconds)) }
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        try await work.whileWaiting(ended: { end.finish() }) {
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

    package var isOver: Bool { state.withLock { $0.isOver } }

    package func wait(_ wait: Wait) {
        let (isNew, requests) = state.withLock { state in
            defer { state.wait = wait }
            return (state.wait != wait, state.requests)
        }
        if isNew { changed(requests, wait) }
    }
}
