import UnixSignals

/// What is to clear up after itself when the program is told to end.
enum Interruption {
    /// At SIGINT and SIGTERM, in place of the program's end, `work` is cancelled, and `CancellationError` thrown.
    static func cancels<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await _ in signals { break }
                throw CancellationError()
            }
            guard let result = try await group.next() else { throw CancellationError() }
            group.cancelAll()
            return result
        }
    }
}
