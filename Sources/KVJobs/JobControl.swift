import KVModel
import ServiceLifecycle
import Synchronization

/// Signals to a running job that a request for it has been stored, or that the program is ending. The job looks between two
/// batches.
final class JobControl: Sendable {
    private struct State {
        var isWoken = false
        var context: WorkContext?
        /// Ends the wait that is under way.
        var sleeper: AsyncStream<Never>.Continuation?
    }

    private let state = Mutex(State())
    private let shutdown: Shutdown

    init(_ shutdown: Shutdown) {
        self.shutdown = shutdown
    }

    /// Whether the program is ending.
    var isShuttingDown: Bool { shutdown.hasBegun }

    /// Whether a request may have been stored since the last call of `takeWake`.
    var isWoken: Bool { state.withLock { $0.isWoken } }

    /// Whether a request may have been stored since the last call.
    func takeWake() -> Bool {
        state.withLock { state in
            defer { state.isWoken = false }
            return state.isWoken
        }
    }

    /// Call it when a request has been stored.
    func wake() {
        let (context, sleeper) = state.withLock { state in
            state.isWoken = true
            return (state.context, state.sleeper)
        }
        sleeper?.finish()
        context?.end()
    }

    /// Returns after the duration, or at once when a request has been stored. Throws `CancellationError` when the program ends.
    /// Call it only from the task that runs the job.
    func sleep(for duration: Duration) async throws {
        let (waking, sleeper) = AsyncStream.makeStream(of: Never.self)
        state.withLock { state in
            if state.isWoken { sleeper.finish() } else { state.sleeper = sleeper }
        }
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Task.sleep(for: duration) }
                group.addTask {
                    for await _ in waking {}
                    try Task.checkCancellation()
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    /// Ends the context when the job is to stop while `body` runs: a quota may make a batch wait for minutes.
    func whileAtWork<Result>(in context: WorkContext, _ body: () async -> Result) async -> Result {
        let isWoken = state.withLock { state in
            state.context = context
            return state.isWoken
        }
        shutdown.add(context)
        defer { shutdown.remove(context) }
        if isWoken || isShuttingDown { context.end() }
        return await body()
    }
}

/// Whether the program is ending.
final class Shutdown: Sendable {
    private struct State {
        var hasBegun = false
        /// Of the jobs that are running.
        var contexts: [ObjectIdentifier: WorkContext] = [:]
    }

    private let state = Mutex(State())

    var hasBegun: Bool { state.withLock { $0.hasBegun } }

    func begin() {
        let contexts = state.withLock { state in
            state.hasBegun = true
            return state.contexts.values
        }
        for context in contexts { context.end() }
    }

    func add(_ context: WorkContext) {
        state.withLock { $0.contexts[ObjectIdentifier(context)] = context }
    }

    func remove(_ context: WorkContext) {
        state.withLock { $0.contexts[ObjectIdentifier(context)] = nil }
    }
}
