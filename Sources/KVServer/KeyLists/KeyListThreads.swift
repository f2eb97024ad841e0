import NIOPosix
import ServiceLifecycle

/// Two threads for reading lists of keys into the ledger. Most of the time they wait for it, and those that jobs read and
/// write on are not to wait with them.
///
/// Call `start` before the first request; the threads end when the service shuts down.
final class KeyListThreads: Service {
    private let pool = NIOThreadPool(numberOfThreads: 2)

    func start() { pool.start() }

    /// Returns after graceful shutdown, or cancellation.
    func run() async throws {
        try? await gracefulShutdown()
        try await pool.shutdownGracefully()
    }

    /// Waits for a free thread, on which the work may block. Throws `CancellationError` once the threads end.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await pool.runIfActive(work)
    }
}
