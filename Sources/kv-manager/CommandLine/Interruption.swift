import UnixSignals

/// What is to clear up after itself when the program is told to end.
enum Interruption {
    /// At SIGINT, SIGTERM and, unless nohup has it ignored, SIGHUP: in place of the program's end, `work` is cancelled, and
    /// `CancellationError` thrown.
    static func cancels<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let usual: [UnixSignal] = [.sigint, .sigterm]
        let signals = await UnixSignalsSequence(trapping: HangUp.isIgnored ? usual : usual + [.sighup])
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
