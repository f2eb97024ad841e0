import NIOPosix
import Synchronization

/// Long work that blocks, done where that is allowed.
package enum Blocking {
    /// - Parameter work: Calls what it is given often; that throws `CancellationError` once the task is cancelled.
    package static func run<Result: Sendable>(
        _ work: @escaping @Sendable (() throws -> Void) throws -> Result
    ) async throws -> Result {
        let isCancelled = Flag()
        return try await withTaskCancellationHandler {
            try await NIOThreadPool.singleton.runIfActive {
                try work { if isCancelled.isUp { throw CancellationError() } }
            }
        } onCancel: {
            isCancelled.raise()
        }
    }
}

/// Raised once, seen from everywhere.
private final class Flag: Sendable {
    private let value = Atomic(false)

    var isUp: Bool { value.load(ordering: .relaxed) }
    func raise() { value.store(true, ordering: .relaxed) }
}
