import KVModel
import ServiceLifecycle
import Synchronization

/// Signals to a running job that a request for it has been stored, or that the program is ending. The job looks between two
/// batches.
final class JobControl: Sendable {
    private struct State {
        var isWoken = false
        var work: EngineWork?
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
        let (work, sleeper) = state.withLock { state in
            state.isWoken = true
            return (state.work, state.sleeper)
        }
        sleeper?.finish()
        work?.end()
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

    /// Whatever `body` asks of engines is for this work. What has not been asked when the job is to stop is not asked any
    /// more: a quota may make a batch wait for minutes.
    func whileAtWork<Result>(_ work: EngineWork, _ body: () async -> Result) async -> Result {
        let isWoken = state.withLock { state in
            state.work = work
            return state.isWoken
        }
        closing.ends(work)
        defer { closing.leaves(work) }
        if isWoken || isClosing { work.end() }
        return await EngineWork.$current.withValue(work) { await body() }
    }
}

/// Whether the program is ending.
final class ClosingTime: Sendable {
    private struct State {
        var hasCome = false
        /// What jobs have under way.
        var works: [ObjectIdentifier: EngineWork] = [:]
    }

    private let state = Mutex(State())

    var hasCome: Bool { state.withLock { $0.hasCome } }

    func announce() {
        let works = state.withLock { state in
            state.hasCome = true
            return state.works.values
        }
        for work in works { work.end() }
    }

    func ends(_ work: EngineWork) {
        state.withLock { $0.works[ObjectIdentifier(work)] = work }
    }

    func leaves(_ work: EngineWork) {
        state.withLock { $0.works[ObjectIdentifier(work)] = nil }
    }
}
