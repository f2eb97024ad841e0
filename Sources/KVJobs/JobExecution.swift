import KVModel
import Logging
import NIOPosix

/// One job at work: reads batches, has its step done on each, and notes after each how far it is.
///
/// While one batch is worked on the next is read. What is published of a batch stands in the ledger before. A job that was
/// cut off or paused goes on behind its last checkpoint, with the batch that had been begun, if there was one.
struct JobExecution {
    var job: Job
    let control: JobControl
    let workplace: JobWorkplace
    let transitions: JobTransitions
    let logger: Logger
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64

    private(set) var checkpoint: JobCheckpoint?
    private var journal: Journal?
    /// The stored request that the job has seen.
    private var request: StateRequest?
    /// Whether a batch has been begun and not yet noted as done.
    private var isWithinBatch: Bool
    /// Whether the next batch may have deleted keys before, and no record shows which.
    private var mayRepeatBatch: Bool
    private var meter = ProgressMeter()
    private let requestsBefore: Int
    /// Counted, and not yet in the ledger.
    private var unsavedFailures: [JobFailure] = []

    init(
        _ claim: JobTransitions.Claim, control: JobControl, workplace: JobWorkplace, transitions: JobTransitions,
        logger: Logger, now: @escaping @Sendable () -> Int64
    ) {
        job = claim.job
        checkpoint = claim.checkpoint
        request = claim.job.request
        isWithinBatch = claim.isWithinBatch
        mayRepeatBatch = claim.isResumed && claim.job.work.kind == .delete
        requestsBefore = job.progress.requests
        self.control = control
        self.workplace = workplace
        self.transitions = transitions
        self.logger = logger
        self.now = now
    }

    enum Ending: Sendable {
        case finished(Job.Download?)
        case requested(StateRequest)
        /// The program is ending; the job stays as its last checkpoint left it.
        case stopped
    }

    enum Outcome: Sendable {
        /// The job has ended, or is paused.
        case ended
        /// The program is ending; the job stays as its last checkpoint left it.
        case stopped
        /// The job is to be taken up again from its last checkpoint.
        case interrupted
    }

    /// Takes the job from where it is to its end, to a pause, or to the end of the program.
    mutating func run() async -> Outcome {
        let pulse = JobPulse(of: job, hub: transitions.hub, now: now)
        async let noting: Void = pulse.noteWaits(in: workplace.ledger, logger: logger)
        if request != nil { control.wake() }
        let outcome = await control.whileAtWork(pulse.work) { await work() }
        pulse.end()
        await noting
        return outcome
    }

    private mutating func work() async -> Outcome {
        do {
            if let request, isDue(request) { return try await end(as: .requested(request)) }
            return try await end(as: try await workplace.perform(&self))
        } catch is CancellationError {
            // Within a batch that waited for its turn, or because the program would not wait any longer: then the job stays
            // as its last checkpoint left it.
            if control.isClosing || Task.isCancelled { return .stopped }
            isWithinBatch = true
            do {
                guard let request = try await storedRequest() else { return .interrupted }
                return try await end(as: .requested(request))
            } catch {
                return await fail(error)
            }
        } catch {
            return await fail(error)
        }
    }

    /// The ledger is asked only when the runner has said that there may be a request.
    private mutating func storedRequest() async throws -> StateRequest? {
        if control.takeWake() { request = try await transitions.request(for: job.id) }
        return request
    }

    /// How the job stops between two batches, if the program is ending or a request is due.
    mutating func interruption() async throws -> Ending? {
        if control.isClosing { return .stopped }
        guard let request = try await storedRequest(), isDue(request) else { return nil }
        return .requested(request)
    }

    /// A cancelled job finishes a batch that it was cut off in, so that what it has done is known.
    private func isDue(_ request: StateRequest) -> Bool { request.change != .cancel || !isWithinBatch }

    /// Throws when the job cannot go on.
    mutating func drive<Source: BatchSource>(
        _ source: Source, into step: some Step<Source.Element>, noting journal: Journal?
    ) async throws -> Ending {
        self.journal = journal
        if job.progress.total == nil { job.progress.total = try await source.total() }
        transitions.hub.amend(job.id) { [total = job.progress.total] in $0.total = total }
        guard checkpoint?.source != .end else { return .finished(try await step.finish()) }
        let pending = journal?.pending
        var batch = try await first(of: source, pending)
        if let journal { try await decideOnPreImages(batch, journal) }
        if journal?.keepsPreImages == true { mayRepeatBatch = false }
        var isNoted = pending?.batch != nil || source.isRepeatable
        isWithinBatch = pending?.isEmpty == false
        while true {
            if let ending = try await interruption() { return ending }
            let position = batch.position
            async let following = position.asyncMap { try await source.next(after: $0) }
            if !isNoted, let journal { try await note(batch, in: journal) }
            (isNoted, isWithinBatch) = (source.isRepeatable, true)
            var result = batch.items.isEmpty ? StepResult() : try await step.apply(batch.items)
            if !batch.vanished.isEmpty { result.add(try await step.settle(batch.vanished)) }
            try await record(batch, result)
            (isWithinBatch, mayRepeatBatch) = (false, false)
            journal?.settle()
            if let stop = result.stop { throw stop }
            guard let next = try await following else { break }
            batch = next
        }
        return .finished(try await step.finish())
    }

    private func first<Source: BatchSource>(
        of source: Source, _ pending: PendingBatch?
    ) async throws -> Batch<Source.Element> {
        guard let begun = pending?.batch else { return try await source.next(after: checkpoint?.source ?? .start) }
        var batch = try await source.again(begun.keys)
        batch.position = begun.position
        batch.missing = begun.missing
        batch.skipped += begun.skipped
        return batch
    }

    /// Keys that a listing would not give again once they are gone.
    private func note(_ batch: Batch<some Keyed>, in journal: Journal) async throws {
        guard !batch.items.isEmpty else { return }
        let noted = JournaledBatch(
            keys: batch.items.map(\.key), missing: batch.missing, position: batch.position, skipped: batch.skipped)
        try await NIOThreadPool.singleton.runIfActive {
            try journal.note(noted)
            // Otherwise the first change seals it, before it is made.
            if !journal.keepsPreImages { try journal.seal() }
        }
    }

    /// Where reading what is replaced costs requests, it is done for small jobs alone, unless somebody has asked.
    private mutating func decideOnPreImages(_ batch: Batch<some Keyed>, _ journal: Journal) async throws {
        guard job.keepsPreImages == nil else { return }
        let count = job.progress.total ?? (batch.position == nil ? batch.items.count : .max)
        let keeps = count < Job.keysWithPreImages
        job.keepsPreImages = keeps
        journal.keepsPreImages = keeps
        let notice = JobEvent(
            at: now(), kind: .notice,
            detail:
                "It has \(Job.keysWithPreImages.grouped) keys or more, and reading them all first would cost requests: what it "
                + "changes is not kept, and it cannot be undone.")
        try await save(nil, events: keeps ? [] : [notice])
    }

    private mutating func record(_ batch: Batch<some Keyed>, _ result: StepResult) async throws {
        let failures = batch.failures + result.failures
        let absent = batch.missing + result.absent
        let (missingBefore, missing) = (job.progress.missing, mayRepeatBatch ? 0 : absent.count)
        let failedBefore = job.progress.failed
        let before = job.progress.percentage(in: job.state)
        job.progress.succeeded += result.succeeded + absent.count - missing
        job.progress.skipped += result.skipped + batch.skipped + missing
        job.progress.missing += missing
        job.progress.failed += failures.count
        job.progress.bytes += result.bytes
        job.progress.requests = requestsBefore + (EngineWork.current?.requests ?? 0)
        job.progress.throttledUntil = EngineWork.current?.wait?.until
        job.progress.currentKey = result.lastKey ?? absent.last?.name ?? job.progress.currentKey
        job.progress.total = job.progress.total.map { max($0, job.progress.processed) }
        job.progress.ratePerSecond = meter.rate(at: Double(now()) / 1_000, processed: job.progress.processed)
        var reached = checkpoint ?? JobCheckpoint(source: .start)
        reached.source = batch.position ?? .end
        if !batch.items.isEmpty {
            (reached.outputBytes, reached.outputRecords) = (result.outputBytes, result.outputRecords)
        }
        if let journal { (reached.journalBytes, reached.journalChanges) = (journal.bytes, journal.count) }
        var notices = batch.notices
        if checkpoint == nil, let notice = result.notice { notices.append(notice) }
        if failedBefore <= Job.maximumFailures, job.progress.failed > Job.maximumFailures {
            notices.append(
                "The first \(Job.maximumFailures.grouped) failures are listed; further ones are counted, and not listed."
            )
        }
        if missing > 0, missingBefore == 0 { notices.append("Not found, and skipped: \(listing: absent).") }
        unsavedFailures += failures.prefix(max(0, Job.maximumFailures - failedBefore))
        try await save(reached, events: notices.map { event(.notice, $0) } + milestoneEvents(from: before, to: job))
        checkpoint = reached
    }

    // MARK: Ending

    /// Ends or pauses the job, as is asked for or as a request demands that has been stored meanwhile.
    private mutating func end(as ending: Ending) async throws -> Outcome {
        var ending = ending
        while true {
            do {
                switch ending {
                case .stopped: return .stopped
                case .requested(let request): try await end(by: request)
                case .finished(let download): try await finish(download)
                }
                return .ended
            } catch let pending as JobTransitions.Superseded {
                ending = .requested(pending.request)
            }
        }
    }

    private mutating func end(by request: StateRequest) async throws {
        var ended = try job.ended(by: request.event, at: now(), error: request.error)
        if !ended.state.isFinal, isWithinBatch { ended.isBegun = try await workplace.hasBegunBatch(job.id) }
        let detail = request.error?.detail ?? summary(of: ended)
        try await store(ended, by: request, events: [event(request.eventKind, detail)])
    }

    private mutating func finish(_ download: Job.Download?) async throws {
        let hasFailures = job.progress.failed > 0
        var ended = try job.ended(by: hasFailures ? .finishWithFailures : .finish, at: now())
        ended.download = download
        ended.progress.total = ended.progress.processed
        let milestones = milestoneEvents(from: job.progress.percentage(in: job.state), to: ended)
        let end = event(hasFailures ? .incomplete : .completed, summary(of: ended))
        try await store(ended, by: nil, events: milestones + [end])
    }

    private mutating func fail(_ error: any Error) async -> Outcome {
        if error is JobTransitions.ClaimLost {
            logger.error("A job was changed while it was running", metadata: ["job": "\(job.id)"])
            return .ended
        }
        let reason =
            (error as? KVError)
            ?? KVError(.internalError, "Something unforeseen went wrong; the log says what.", cause: "\(error)")
        // The detail may name keys, which are not for the log.
        logger.log(
            level: reason.cause == nil ? .notice : .error, "Job failed",
            metadata: ["job": "\(job.id)", "code": "\(reason.codeName)", "cause": "\(reason.cause ?? "-")"])
        do {
            let failed = try job.ended(by: .fail, at: now(), error: reason)
            let isPartial = if isWithinBatch { try await workplace.hasBegunBatch(job.id) } else { false }
            let notices = isPartial ? [event(.notice, Self.partialBatch)] : []
            try await store(failed, by: nil, events: notices + [event(.failed, reason.detail)])
            return .ended
        } catch {
            // The program ends before there was room. Nothing was shown of the end; the job continues at the next start.
            logger.error("A failed job could not be noted", metadata: ["job": "\(job.id)", "error": "\(error)"])
            return .interrupted
        }
    }

    private static let partialBatch =
        "The job failed within a batch. Some keys of that batch may have been changed, of a move also be under both names; "
        + "they are not counted. An undo of the job includes them."

    /// Waits for room while the disk is full, and tries again after any other error: the job cannot continue.
    private mutating func store(_ ended: Job, by request: StateRequest?, events: [JobEvent]) async throws {
        var ended = ended
        ended.changes = journal?.count ?? job.changes
        job = try await untilStored(isEnd: true) { late in
            try await transitions.end(ended, by: request, events: late + events, failures: unsavedFailures)
        }
        unsavedFailures = []
    }

    // MARK: What is noted

    private func milestoneEvents(from before: Int?, to job: Job) -> [JobEvent] {
        job.progress.milestones(since: before, state: job.state).map {
            event(.progress, "\($0) %")
        }
    }

    private func summary(of ended: Job) -> String {
        let progress = ended.progress
        var counts =
            "\(progress.succeeded.grouped) done, \(progress.skipped.grouped) skipped, \(progress.failed.grouped) failed"
        if progress.missing > 0 {
            let found = progress.processed - progress.missing
            counts += "; \(found.grouped) of \(progress.processed.grouped) named keys existed"
        }
        guard ended.state == .cancelled, isWithinBatch else { return counts }
        return counts + "; of the batch that was at hand some keys may have been done, and are not counted"
    }

    func event(_ kind: JobEvent.Kind, _ detail: String) -> JobEvent { JobEvent(at: now(), kind: kind, detail: detail) }

    /// Returns when the job is stored as it is. Waits for room while the disk is full.
    mutating func save(_ checkpoint: JobCheckpoint?, events: [JobEvent]) async throws {
        job.changes = journal?.count ?? job.changes
        job = try await untilStored(isEnd: false) { late in
            try await transitions.save(
                job, checkpoint: checkpoint, events: late + events, failures: unsavedFailures)
        }
        unsavedFailures = []
    }

    var storageWait: StorageWait { StorageWait(job.id, hub: transitions.hub, logger: logger) }

    /// - Parameter store: Stores the job with events that say that it has waited.
    private func untilStored(isEnd: Bool, _ store: ([JobEvent]) async throws -> Job) async throws -> Job {
        var wait = storageWait
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

extension Job {
    fileprivate func ended(by event: JobState.Event, at time: Int64, error: KVError? = nil) throws(KVError) -> Job {
        var job = self
        job.state = try state.after(event)
        job.finishedAt = job.state.isFinal ? time : nil
        job.error = error
        job.isBegun = false
        if !job.state.isFinal { job.progress.ratePerSecond = nil }
        job.progress.throttledUntil = nil
        return job
    }
}

extension Optional where Wrapped: Sendable {
    fileprivate func asyncMap<Result: Sendable>(
        _ transform: @Sendable (Wrapped) async throws -> Result
    ) async throws -> Result? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
