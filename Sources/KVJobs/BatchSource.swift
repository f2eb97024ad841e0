import KVModel

/// Where a job's keys come from: selected in a namespace, or read from a file.
///
/// `next` may be called for the batch behind one while that one is still being worked on, never for two at once.
protocol BatchSource<Element>: Sendable {
    associatedtype Element: Sendable

    /// How many elements there will be, where that can be told quickly.
    func total() async throws -> Int?
    func next(after position: SourcePosition) async throws -> Batch<Element>
}

/// What one step does at once.
struct Batch<Element: Sendable>: Sendable {
    var items: [Element] = []
    /// What the source could not bring: lines that cannot be read, keys that are not there.
    var failures: [JobFailure] = []
    /// What had expired before it was read.
    var skipped = 0
    /// For the job's timeline.
    var notices: [String] = []
    /// Behind this batch; nil when it was the last.
    var position: SourcePosition?
}

/// What a job does with each batch. A new kind of job is one new step.
///
/// Applying the same batch twice must leave the same as applying it once: after a crash that is what happens.
protocol Step<Element>: Sendable {
    associatedtype Element: Sendable

    /// Throws when the job cannot go on at all.
    func apply(_ items: [Element]) async throws -> StepResult
    /// After the last batch; returns the file that the step has made.
    func finish() async throws -> Job.Download?
}

extension Step {
    func finish() async throws -> Job.Download? { nil }
}

struct StepResult: Sendable {
    var succeeded = 0
    var skipped = 0
    var failures: [JobFailure] = []
    var bytes = 0
    var lastKey: String?
    /// The batch stands as counted, but the job ends here.
    var stop: KVError?
    var outputBytes = 0
    var outputRecords = 0
}
