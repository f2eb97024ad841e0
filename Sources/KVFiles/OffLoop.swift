import NIOPosix

/// Runs work on a thread that may block if it would hold up the other connections of an event loop.
func offLoop<Result: Sendable>(
    if isMuch: Bool, _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
    isMuch ? try await NIOThreadPool.singleton.runIfActive(work) : try work()
}
