import KVLedger
import KVModel
import Logging

/// Waits between attempts to store the state of a job, longer each time, and shows on the job that it waits.
struct StorageWait: Sendable {
    private static let first = Duration.milliseconds(250)
    private static let longest = Duration.seconds(15)

    let id: JobID
    private let control: JobControl
    private let hub: ProgressHub
    private let logger: Logger
    private var delay = first
    /// Whether an attempt has failed.
    private(set) var hasWaited = false

    /// - Parameter control: Ends waits.
    init(_ id: JobID, control: JobControl, hub: ProgressHub, logger: Logger) {
        self.id = id
        self.control = control
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

    /// Returns when it is time for the next attempt. Throws `CancellationError` when the program ends, or when an attempt
    /// after a request for the job has failed too; throws the error itself if it is not `disk_full`.
    mutating func wait(after error: any Error) async throws {
        guard let failure = error as? KVError, failure.code == .diskFull else { throw error }
        if control.isWoken { throw CancellationError() }
        try await wait(
            logging: failure,
            notice:
                "The disk is full, so what the job has done cannot be recorded. Free some space; the job continues then."
        )
    }

    /// Returns when it is time for the next attempt to store something that must be stored in any case, after any error:
    /// at once after a request for the job. Throws `CancellationError` when the program ends.
    mutating func waitInAnyCase(after error: any Error) async throws {
        if error is CancellationError { throw error }
        guard !control.takeWake() else { return }
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
        try await control.sleep(for: delay)
        self.delay = min(delay * 2, Self.longest)
    }
}
