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
    let ledger: Ledger
    let hub: ProgressHub
    let logger: Logger
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64

    private(set) var checkpoint: JobCheckpoint?
    private var journal: Journal?
    /// It was stopped while a batch waited for its turn.
    private var isWithinBatch = false
    private var meter = ProgressMeter()
    private let requestsBefore: Int
    /// Counted, and not yet in the ledger.
    private var unsavedFailures: [JobFailure] = []

    init(
        _ job: Job, control: JobControl, ledger: Ledger, hub: ProgressHub, logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) {
        self.job = job
        requestsBefore = job.progress.requests
        self.control = control
        self.ledger = ledger
        self.hub = hub
        self.logger = logger
        self.now = now
    }

    enum Ending: Sendable {
        case finished(Job.Download?)
        case cancelled, paused
        case failed(KVError)
        /// The program is ending; the job stays as its last checkpoint left it.
        case stopped
    }

    /// Takes the job from `queued`, or from where it was interrupted, to its end, to a pause, or to the end of the program.
    mutating func run(on workplace: JobWorkplace) async {
        let pulse = JobPulse(of: job, hub: hub, now: now)
        async let noting: Void = pulse.noteWaits(in: ledger, logger: logger)
        await control.whileAtWork(pulse.work) { await work(on: workplace) }
        pulse.end()
        await noting
    }

    private mutating func work(on workplace: JobWorkplace) async {
        do {
            checkpoint = try await ledger.checkpoint(of: job.id)
            try await start()
            try await end(as: try await workplace.perform(&self))
        } catch is CancellationError {
            // Within a batch that waited for its turn, or because the program would not wait any longer: then the job stays
            // as its last checkpoint left it.
            guard let request = control.request, !Task.isCancelled else { return }
            isWithinBatch = true
            do { try await end(as: request.ending) } catch is CancellationError {} catch { await fail(error) }
        } catch {
            await fail(error)
        }
    }

    private mutating func start() async throws {
        guard job.state == .queued else { return }
        job.state = try job.state.after(.start)
        let isFirst = job.startedAt == nil
        job.startedAt = job.startedAt ?? now()
        try await save(nil, events: isFirst ? [event(.started, "")] : [])
    }

    /// Throws when the job cannot go on.
    mutating func drive<Source: BatchSource>(
        _ source: Source, into step: some Step<Source.Element>, noting journal: Journal?
    ) async throws -> Ending {
        self.journal = journal
        if job.progress.total == nil { job.progress.total = try await source.total() }
        publish()
        guard checkpoint?.source != .end else { return .finished(try await step.finish()) }
        let pending = journal?.pending
        var batch = try await first(of: source, pending)
        if let journal { try await decideOnPreImages(batch, journal) }
        var isNoted = pending?.batch != nil || source.isRepeatable
        // What of a batch has been done before a crash is told only once the whole of it is.
        var isBegun = pending?.isEmpty == false
        while true {
            if let request = control.request, request != .cancel || !isBegun { return request.ending }
            let position = batch.position
            async let following = position.asyncMap { try await source.next(after: $0) }
            if !isNoted, let journal { try await note(batch, in: journal) }
            (isNoted, isBegun) = (source.isRepeatable, false)
            var result = batch.items.isEmpty ? StepResult() : try await step.apply(batch.items)
            if !batch.vanished.isEmpty { result.add(try await step.settle(batch.vanished)) }
            try await record(batch, result)
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
        let missing = batch.missing.map { JobFailure(key: $0.name, error: .noKey($0)) }
        let failures = batch.failures + missing + result.failures
        let failedBefore = job.progress.failed
        let before = job.progress.percentage(in: job.state)
        job.progress.succeeded += result.succeeded
        job.progress.skipped += result.skipped + batch.skipped
        job.progress.failed += failures.count
        job.progress.bytes += result.bytes
        job.progress.requests = requestsBefore + (EngineWork.current?.requests ?? 0)
        job.progress.throttledUntil = EngineWork.current?.wait?.until
        job.progress.currentKey = result.lastKey ?? missing.last?.key ?? job.progress.currentKey
        job.progress.total = job.progress.total.map { max($0, job.progress.processed) }
        job.progress.ratePerSecond = meter.rate(at: Double(now()) / 1_000, processed: job.progress.processed)
        var reached = checkpoint ?? JobCheckpoint(source: .start)
        reached.source = batch.position ?? .end
        if !batch.items.isEmpty {
            (reached.outputBytes, reached.outputRecords) = (result.outputBytes, result.outputRecords)
        }
        if let journal { (reached.journalBytes, reached.journalChanges) = (journal.bytes, journal.count) }
        var notices = batch.notices
        if failedBefore <= Job.maximumFailures, job.progress.failed > Job.maximumFailures {
            notices.append(
                "The first \(Job.maximumFailures.grouped) failures are listed; further ones are counted, and not listed."
            )
        }
        unsavedFailures += failures.prefix(max(0, Job.maximumFailures - failedBefore))
        try await save(reached, events: notices.map { event(.notice, $0) } + milestoneEvents(since: before))
        checkpoint = reached
    }

    // MARK: Ending

    private mutating func end(as ending: Ending) async throws {
        switch ending {
        case .stopped: break
        case .failed(let error): throw error
        case .paused: try await end(.pause, .paused)
        case .cancelled: try await end(.cancel, .cancelled)
        case .finished(let download):
            job.download = download
            let hasFailures = job.progress.failed > 0
            let before = job.progress.percentage(in: job.state)
            job.progress.total = job.progress.processed
            try await end(
                hasFailures ? .finishWithFailures : .finish, hasFailures ? .incomplete : .completed,
                milestonesSince: before)
        }
    }

    private mutating func end(
        _ change: JobState.Event, _ kind: JobEvent.Kind, milestonesSince before: Int? = nil
    ) async throws {
        let running = job.state
        job.state = try job.state.after(change)
        job.finishedAt = job.state.isFinal ? now() : nil
        job.progress.ratePerSecond = job.state.isFinal ? job.progress.ratePerSecond : nil
        job.progress.throttledUntil = nil
        let isFinish = change == .finish || change == .finishWithFailures
        let milestones = isFinish ? milestoneEvents(since: before) : []
        do {
            try await save(nil, events: milestones + [event(kind, summary)])
        } catch {
            // It has not ended before that is noted.
            job.state = running
            throw error
        }
    }

    private mutating func fail(_ error: any Error) async {
        let reason =
            (error as? KVError)
            ?? KVError(.internalError, "Something unforeseen went wrong; the log says what.", cause: "\(error)")
        // The detail may name keys, which are not for the log.
        logger.log(
            level: reason.cause == nil ? .notice : .error, "Job failed",
            metadata: ["job": "\(job.id)", "code": "\(reason.code.rawValue)", "cause": "\(reason.cause ?? "-")"])
        job.error = reason
        job.finishedAt = now()
        do {
            job.state = try job.state.after(.fail)
            try await save(nil, events: [event(.failed, reason.detail)], isEnd: true)
        } catch {
            // The program ends before there was room. Nothing was shown of the end; the job continues at the next start.
            logger.error("A failed job could not be noted", metadata: ["job": "\(job.id)", "error": "\(error)"])
        }
    }

    // MARK: What is noted

    private func milestoneEvents(since before: Int?) -> [JobEvent] {
        job.progress.milestones(since: before, state: job.state).map {
            event(.progress, "\($0) %")
        }
    }

    private var summary: String {
        let progress = job.progress
        let counts =
            "\(progress.succeeded.grouped) done, \(progress.skipped.grouped) skipped, \(progress.failed.grouped) failed"
        guard job.state == .cancelled, isWithinBatch else { return counts }
        return counts + "; of the batch that was at hand some keys may have been done, and are not counted"
    }

    func event(_ kind: JobEvent.Kind, _ detail: String) -> JobEvent { JobEvent(at: now(), kind: kind, detail: detail) }

    /// Returns when the job is stored as it is, and shows it then. Waits for room while the disk is full.
    ///
    /// - Parameter isEnd: Whether to try again after any error, since the job cannot continue.
    mutating func save(_ checkpoint: JobCheckpoint?, events: [JobEvent], isEnd: Bool = false) async throws {
        var wait = StorageWait(job.id, hub: hub, logger: logger)
        job.changes = journal?.count ?? job.changes
        while true {
            job.progress.sequence = hub.nextSequence(of: job)
            let late = wait.hasWaited ? [event(.notice, "The job waited because its state could not be stored.")] : []
            do {
                try await ledger.save(job, checkpoint: checkpoint, events: late + events, failures: unsavedFailures)
                break
            } catch {
                if isEnd { try await wait.waitInAnyCase(after: error) } else { try await wait.wait(after: error) }
            }
        }
        unsavedFailures = []
        hub.publish(job)
    }

    mutating func publish() {
        job.progress.sequence = hub.nextSequence(of: job)
        hub.publish(job)
    }
}

extension JobControl.Request {
    var ending: JobExecution.Ending {
        switch self {
        case .pause: .paused
        case .cancel: .cancelled
        case .stop: .stopped
        case .fail(let error): .failed(error)
        }
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
