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
    private let closing: ClosingTime

    init(_ closing: ClosingTime) {
        self.closing = closing
    }

    /// Whether the program is ending.
    var isClosing: Bool { closing.hasCome }

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
        closing.ends(context)
        defer { closing.leaves(context) }
        if isWoken || isClosing { context.end() }
        return await body()
    }
}

/// Whether the program is ending.
final class ClosingTime: Sendable {
    private struct State {
        var hasCome = false
        /// Of the jobs that are running.
        var contexts: [ObjectIdentifier: WorkContext] = [:]
    }

    private let state = Mutex(State())

    var hasCome: Bool { state.withLock { $0.hasCome } }

    func announce() {
        let contexts = state.withLock { state in
            state.hasCome = true
            return state.contexts.values
        }
        for context in contexts { context.end() }
    }

    func ends(_ context: WorkContext) {
        state.withLock { $0.contexts[ObjectIdentifier(context)] = context }
    }

    func leaves(_ context: WorkContext) {
        state.withLock { $0.contexts[ObjectIdentifier(context)] = nil }
    }
}
