import KVLedger
import KVModel
import Logging

/// The job that is running, and what has been stored of it: after each batch the counts, the failures and a checkpoint.
///
/// What is shown of a batch has been stored before. Waits for room while the disk is full.
final class JobRecorder {
    private(set) var job: Job
    private(set) var checkpoint: JobCheckpoint?
    /// Set before the first batch, if the job changes anything.
    var journal: Journal?
    /// Whether a batch has been begun and not yet recorded.
    private(set) var isWithinBatch: Bool
    /// Whether the next batch may have deleted keys before, and no record shows which.
    private var mayRepeatBatch: Bool
    private var meter = ProgressMeter()
    private let requestsBefore: Int
    /// Counted, and not yet stored.
    private var unsavedFailures: [JobFailure] = []

    /// Of everything that the job asks of engines.
    let context: WorkContext
    let resources: JobResources
    let logger: Logger
    let clock: WallClock
    private let control: JobControl
    private let transitions: JobTransitions

    init(
        _ claim: JobTransitions.Claim, in context: WorkContext, control: JobControl, resources: JobResources,
        transitions: JobTransitions, logger: Logger, clock: WallClock
    ) {
        self.context = context
        job = claim.job
        checkpoint = claim.checkpoint
        isWithinBatch = claim.isWithinBatch
        mayRepeatBatch = claim.isResumed && claim.job.kind?.deletesKeys == true
        requestsBefore = claim.job.progress.requests
        self.control = control
        self.resources = resources
        self.transitions = transitions
        self.logger = logger
        self.clock = clock
    }

    // MARK: Before the first batch

    func setTotal(_ total: Int?) {
        job.progress.total = total
        show { $0.total = total }
    }

    /// Shows progress that is not stored.
    func show(_ change: (inout JobProgress) -> Void) { transitions.hub.amend(job.id, change) }

    /// Where reading what is replaced costs requests, it is done for small jobs alone, unless the request says otherwise.
    func decideOnPreImages(_ batch: Batch<some Keyed>) async throws {
        guard let journal, job.keepsPreImages == nil else { return }
        let count = job.progress.total ?? (batch.position == nil ? batch.items.count : .max)
        let keeps = count < Job.keysWithPreImages
        job.keepsPreImages = keeps
        journal.keepsPreImages = keeps
        guard !keeps else { return try await save(events: []) }
        try await save(
            notice:
                "It has \(Job.keysWithPreImages.grouped) keys or more, and reading them all first would cost requests: what it "
                + "changes is not kept, and it cannot be undone.")
    }

    /// - Parameter pending: The batch in which an earlier run was stopped.
    func resume(_ pending: PendingBatch?) {
        if journal?.keepsPreImages == true { mayRepeatBatch = false }
        isWithinBatch = pending?.isEmpty == false
    }

    // MARK: Batches

    func beginBatch() { isWithinBatch = true }

    /// Returns when the batch has been stored as done. If it throws, the job is as it was before the batch.
    func record(_ batch: Batch<some Keyed>, _ result: StepResult) async throws {
        let before = (job, unsavedFailures)
        do {
            try await store(batch, result)
        } catch {
            (job, unsavedFailures) = before
            throw error
        }
    }

    private func store(_ batch: Batch<some Keyed>, _ result: StepResult) async throws {
        let failures = batch.failures + result.failures
        let absent = batch.missing + result.absent
        let (before, percentage) = (job.progress, job.progress.percentage(in: job.state))
        let missing = mayRepeatBatch ? 0 : absent.count
        job.progress.succeeded += result.succeeded + absent.count - missing
        job.progress.skipped += result.skipped + batch.skipped + missing
        job.progress.missing += missing
        job.progress.failed += failures.count
        job.progress.bytes += result.bytes
        job.progress.requests = requestsBefore + context.requests
        job.progress.throttledUntil = context.wait?.until
        job.progress.currentKey = result.lastKey ?? absent.last?.name ?? job.progress.currentKey
        job.progress.total = job.progress.total.map { max($0, job.progress.processed) }
        job.progress.ratePerSecond = meter.rate(
            at: Double(clock.now.milliseconds) / 1_000, processed: job.progress.processed)
        unsavedFailures += failures.prefix(max(0, Job.maximumFailures - before.failed))
        var notices = batch.notices
        if checkpoint == nil, let notice = result.notice { notices.append(notice) }
        if before.failed <= Job.maximumFailures, job.progress.failed > Job.maximumFailures {
            notices.append(
                "The first \(Job.maximumFailures.grouped) failures are listed; further ones are counted, and not listed."
            )
        }
        if missing > 0, before.missing == 0 { notices.append("Not found, and skipped: \(listing: absent).") }
        let events = notices.map { event(.notice, $0) } + milestones(from: percentage, to: job)
        let reached = reached(batch, result)
        try await save(checkpoint: reached, events: events)
        checkpoint = reached
        (isWithinBatch, mayRepeatBatch) = (false, false)
        journal?.settle()
    }

    private func reached(_ batch: Batch<some Keyed>, _ result: StepResult) -> JobCheckpoint {
        var reached = checkpoint ?? JobCheckpoint(source: .start)
        reached.source = batch.position ?? .end
        if !batch.items.isEmpty {
            (reached.outputBytes, reached.outputRecords) = (result.outputBytes, result.outputRecords)
        }
        if let journal { (reached.journalBytes, reached.journalChanges) = (journal.bytes, journal.count) }
        return reached
    }

    // MARK: Storing

    func event(_ kind: JobEvent.Kind, _ detail: String) -> JobEvent {
        JobEvent(at: clock.now, kind: kind, detail: detail)
    }

    func milestones(from before: Int?, to job: Job) -> [JobEvent] {
        job.progress.milestones(since: before, state: job.state).map { event(.progress, "\($0) %") }
    }

    func save(notice: String) async throws { try await save(events: [event(.notice, notice)]) }

    /// Returns when the job is stored as it is.
    private func save(checkpoint: JobCheckpoint? = nil, events: [JobEvent]) async throws {
        job.changes = journal?.count ?? job.changes
        job = try await untilStored(isEnd: false) { late in
            try await transitions.save(
                job, checkpoint: checkpoint, events: late + events, failures: unsavedFailures)
        }
        unsavedFailures = []
    }

    /// Stores the end or the pause of the job. Any error is waited out: the job cannot continue.
    func store(_ ended: Job, by request: StateRequest?, events: [JobEvent]) async throws {
        var ended = ended
        ended.changes = journal?.count ?? job.changes
        job = try await untilStored(isEnd: true) { late in
            try await transitions.end(ended, by: request, events: late + events, failures: unsavedFailures)
        }
        unsavedFailures = []
    }

    /// - Parameter store: Stores the job with events that say that it has waited.
    private func untilStored(isEnd: Bool, _ store: ([JobEvent]) async throws -> Job) async throws -> Job {
        var wait = StorageWait(job.id, control: control, hub: transitions.hub, logger: logger)
        while true {
            let late = wait.hasWaited ? [event(.notice, "The job waited because its state could not be stored.")] : []
            do {
                return try await store(late)
            } catch let decided as any JobTransitions.Decided {
                throw decided
            } catch {
                if isEnd { try await wait.waitInAnyCase(after: error) } else { try await wait.wait(after: error) }
            }
        }
    }
}
