import ServiceLifecycle
import Synchronization

/// The work of a command that runs beside the services of a server of its own, which end with it.
final class CommandService<Result: Sendable>: Service {
    private let work: @Sendable () async throws -> Result
    private let result = Mutex<Swift.Result<Result, any Error>?>(nil)

    init(_ work: @escaping @Sendable () async throws -> Result) {
        self.work = work
    }

    func run() async throws {
        do {
            let done = try await cancelWhenGracefulShutdown(work)
            result.withLock { $0 = .success(done) }
        } catch {
            result.withLock { $0 = .failure(error) }
        }
    }

    /// Returns the result of the work. Throws its error, or `CancellationError` if it did not finish.
    func outcome() throws -> Result {
        guard let result = result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }
}
