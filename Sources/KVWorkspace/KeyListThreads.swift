import NIOPosix
import ServiceLifecycle

/// Two threads for reading lists of keys into the ledger. Most of the time they wait for the ledger, so they are apart from
/// the threads on which jobs read and write.
///
/// Call `start` before the first request; the threads end when the service shuts down.
package final class KeyListThreads: Service {
    private let pool = NIOThreadPool(numberOfThreads: 2)

    package init() {}

    package func start() { pool.start() }

    /// Returns after graceful shutdown, or cancellation.
    package func run() async throws {
        try? await gracefulShutdown()
        try await pool.shutdownGracefully()
    }

    /// Waits for a free thread, on which the work may block. Throws `CancellationError` once the threads end.
    package func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await pool.runIfActive(work)
    }
}
