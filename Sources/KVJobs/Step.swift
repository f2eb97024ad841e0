import KVLedger
import KVModel

/// What a job does with each batch. A new kind of job is one new step.
///
/// Applying the same batch twice must leave the same as applying it once: after a crash that is what happens.
protocol Step<Element>: Sendable {
    associatedtype Element: Keyed

    /// Throws when the job cannot go on at all.
    func apply(_ items: [Element]) async throws -> StepResult
    /// Counts keys that a batch had before a crash, and that are not there any more.
    func settle(_ vanished: [Key]) async throws -> StepResult
    /// After the last batch; returns the file that the step has made.
    func finish() async throws -> Job.Download?
}

extension Step {
    /// What has gone on the way, by expiring or because somebody deleted it.
    func settle(_ vanished: [Key]) async throws -> StepResult { StepResult(skipped: vanished.count) }
    func finish() async throws -> Job.Download? { nil }
}

struct StepResult: Sendable {
    var succeeded = 0
    var skipped = 0
    var failures: [JobFailure] = []
    /// Named keys that do not exist. The job counts them as skipped.
    var absent: [Key] = []
    var bytes = 0
    var lastKey: String?
    /// For the job's timeline, if this is its first batch.
    var notice: String?
    /// The batch stands as counted, but the job ends here.
    var stop: KVError?
    var outputBytes = 0
    var outputRecords = 0

    /// Adds the counts of another part of the same batch.
    mutating func add(_ other: StepResult) {
        succeeded += other.succeeded
        skipped += other.skipped
        failures += other.failures
        absent += other.absent
        notice = notice ?? other.notice
        bytes += other.bytes
    }
}
