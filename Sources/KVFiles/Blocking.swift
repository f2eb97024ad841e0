import NIOPosix
import Synchronization

/// Runs work that blocks or computes for long on threads that may block, off the event loops and the cooperative pool.
package enum Blocking {
    /// Returns what the work returns. Throws `CancellationError` if the task is cancelled before the work begins.
    package static func run<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive(work)
    }

    /// Runs the work where it is called unless it is long.
    package static func run<Result: Sendable>(
        if isLong: Bool, _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        isLong ? try await run(work) : try work()
    }

    /// Runs work that ends early when the task is cancelled.
    ///
    /// - Parameter work: Calls its argument often; that throws `CancellationError` once the task is cancelled.
    package static func runCancellable<Result: Sendable>(
        _ work: @escaping @Sendable (() throws -> Void) throws -> Result
    ) async throws -> Result {
        let isCancelled = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await run {
                try work { if isCancelled.isSet { throw CancellationError() } }
            }
        } onCancel: {
            isCancelled.set()
        }
    }

    /// Starts work and returns at once. The work is done even if the task is cancelled.
    package static func start(_ work: @escaping @Sendable () -> Void) {
        NIOThreadPool.singleton.submit { _ in work() }
    }
}

private final class CancellationFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
