import KVLedger
import Synchronization

/// Makes the changes of each job one after the other, so that snapshots are published in the order in which they were
/// stored.
final class JobTurns: Sendable {
    /// The callers that wait, by job. A job without an entry is not being changed.
    private let waiting = Mutex<[JobID: [CheckedContinuation<Void, Never>]]>([:])

    /// Runs `body` while no other change of the job is made. Not cancelled while it waits.
    func run<Result>(_ id: JobID, _ body: () async throws -> Result) async rethrows -> Result {
        await enter(id)
        defer { leave(id) }
        return try await body()
    }

    private func enter(_ id: JobID) async {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { waiting in
                guard waiting[id] != nil else {
                    waiting[id] = []
                    return true
                }
                waiting[id]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave(_ id: JobID) {
        let next: CheckedContinuation<Void, Never>? = waiting.withLock { waiting in
            guard waiting[id]?.isEmpty == false else {
                waiting[id] = nil
                return nil
            }
            return waiting[id]?.removeFirst()
        }
        next?.resume()
    }
}
