import ServiceLifecycle
import Synchronization

/// Work that is done beside services, which end with it.
final class Errand<Result: Sendable>: Service {
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

    /// Throws what the work threw, or `CancellationError` when it did not come to its end.
    func outcome() throws -> Result {
        guard let result = result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }
}
