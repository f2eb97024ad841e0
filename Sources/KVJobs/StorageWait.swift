import KVLedger
import KVModel
import Logging
import ServiceLifecycle

/// Waits between attempts to store the state of a job, longer each time, and shows on the job that it waits.
struct StorageWait: Sendable {
    private static let first = Duration.milliseconds(250)
    private static let longest = Duration.seconds(15)

    let id: JobID
    let hub: ProgressHub
    let logger: Logger
    private var delay = first
    /// Whether an attempt has failed.
    private(set) var hasWaited = false

    init(_ id: JobID, hub: ProgressHub, logger: Logger) {
        self.id = id
        self.hub = hub
        self.logger = logger
    }

    /// Repeats `body` while it fails because the disk is full.
    func repeating<Result>(_ body: () async throws -> Result) async throws -> Result {
        var wait = self
        while true {
            do {
                let result = try await body()
                if wait.hasWaited { hub.amend(id) { $0.notice = nil } }
                return result
            } catch {
                try await wait.wait(after: error)
            }
        }
    }

    /// Returns when it is time for the next attempt. Throws `CancellationError` when the program ends before, and the
    /// error itself if it is not `disk_full`.
    mutating func wait(after error: any Error) async throws {
        guard let failure = error as? KVError, failure.code == .diskFull else { throw error }
        try await wait(
            logging: failure,
            notice:
                "The disk is full, so what the job has done cannot be recorded. Free some space; the job continues then."
        )
    }

    /// The same after any error, for the end of a job, which must be stored in any case.
    mutating func waitInAnyCase(after error: any Error) async throws {
        if error is CancellationError { throw error }
        let isFull = (error as? KVError)?.code == .diskFull
        try await wait(
            logging: error,
            notice: isFull
                ? "The disk is full, so the end of the job cannot be recorded. Free some space; KV Manager tries again."
                : "The end of the job cannot be recorded; see the server log. KV Manager tries again.")
    }

    private mutating func wait(logging error: any Error, notice: String) async throws {
        if !hasWaited {
            logger.error(
                "The state of a job could not be stored; it is tried again",
                metadata: ["job": "\(id)", "error": "\((error as? KVError)?.cause ?? "\(error)")"])
        }
        hasWaited = true
        hub.amend(id) { $0.notice = notice }
        let delay = delay
        try await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
        self.delay = min(delay * 2, Self.longest)
    }
}
