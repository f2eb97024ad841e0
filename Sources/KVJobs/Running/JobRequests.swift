import KVLedger
import KVModel

/// The request that has been stored for a running job.
final class JobRequests {
    private let id: JobID
    private let control: JobControl
    private let transitions: JobTransitions
    /// As last read.
    private var request: StateRequest?

    init(of job: Job, control: JobControl, transitions: JobTransitions) {
        id = job.id
        self.control = control
        self.transitions = transitions
        request = job.request
        // What waits within a batch is to learn of it too.
        if request != nil { control.wake() }
    }

    /// The ledger is read only when the runner has signalled that there may be a request.
    func stored() async throws -> StateRequest? {
        if control.takeWake() { request = try await transitions.request(for: id) }
        return request
    }

    /// The request that takes effect now, as far as it has been read.
    ///
    /// A cancelled job first finishes a batch that was cut off, so that what it has done is known.
    func due(isWithinBatch: Bool) -> StateRequest? {
        guard let request, request.change != .cancel || !isWithinBatch else { return nil }
        return request
    }

    /// How the job stops between two batches, if the program is ending or a request is due.
    func interruption(isWithinBatch: Bool) async throws -> JobEnding? {
        if control.isShuttingDown { return .stopped }
        _ = try await stored()
        return due(isWithinBatch: isWithinBatch).map { .requested($0) }
    }
}
