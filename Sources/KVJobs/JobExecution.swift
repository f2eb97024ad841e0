import KVModel
import Logging

/// One job at work: reads batches, has its step done on each, and notes after each how far it is.
///
/// While one batch is worked on the next is read. What is published of a batch stands in the ledger before.
struct JobExecution {
    private(set) var job: Job
    let control: JobControl
    let ledger: Ledger
    let hub: ProgressHub
    let logger: Logger
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64

    private var meter = ProgressMeter()
    private let requestsBefore: Int
    /// Of the file that the step writes, up to the last batch.
    private var output = (bytes: 0, records: 0)
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
        case cancelled
        /// The program is ending; the job stays as its last checkpoint left it.
        case stopped
    }

    /// Takes the job from `queued` to its end, or to the end of the program.
    mutating func run(on workplace: JobWorkplace) async {
        let pulse = JobPulse(of: job, hub: hub, now: now)
        async let noting: Void = pulse.noteWaits(in: ledger, logger: logger)
        await control.whileAtWork(pulse.work) { await work(on: workplace) }
        pulse.end()
        await noting
    }

    private mutating func work(on workplace: JobWorkplace) async {
        do {
            job.startedAt = now()
            try await note(.start, .started)
            switch try await workplace.perform(&self) {
            case .stopped: return
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
        } catch is CancellationError {
            // Within a batch that waited for its turn, or because the program would not wait any longer: then the job stays
            // as its last checkpoint left it.
            guard control.request == .cancel, !Task.isCancelled else { return }
            do { try await end(.cancel, .cancelled) } catch { await fail(error) }
        } catch {
            await fail(error)
        }
    }

    /// Throws when the job cannot go on.
    mutating func drive<Element>(
        _ source: some BatchSource<Element>, into step: some Step<Element>
    ) async throws -> Ending {
        job.progress.total = try await source.total()
        publish()
        var batch = try await source.next(after: .start)
        while true {
            switch control.request {
            case .cancel: return .cancelled
            case .stop: return .stopped
            case nil: break
            }
            let position = batch.position
            async let following = position.asyncMap { try await source.next(after: $0) }
            let result = batch.items.isEmpty ? StepResult() : try await step.apply(batch.items)
            try await record(batch, result)
            if let stop = result.stop { throw stop }
            guard let next = try await following else { break }
            batch = next
        }
        return .finished(try await step.finish())
    }

    private mutating func record<Element>(_ batch: Batch<Element>, _ result: StepResult) async throws {
        let failures = batch.failures + result.failures
        let before = job.progress.percentage(in: job.state)
        job.progress.succeeded += result.succeeded
        job.progress.skipped += result.skipped + batch.skipped
        job.progress.failed += failures.count
        job.progress.bytes += result.bytes
        job.progress.requests = requestsBefore + (EngineWork.current?.requests ?? 0)
        job.progress.throttledUntil = EngineWork.current?.wait?.until
        job.progress.currentKey = result.lastKey ?? job.progress.currentKey
        job.progress.total = job.progress.total.map { max($0, job.progress.processed) }
        job.progress.ratePerSecond = meter.rate(at: Double(now()) / 1_000, processed: job.progress.processed)
        var checkpoint = batch.position.map { JobCheckpoint(source: $0) }
        if !batch.items.isEmpty { output = (result.outputBytes, result.outputRecords) }
        checkpoint?.outputBytes = output.bytes
        checkpoint?.outputRecords = output.records
        let notices = batch.notices.map { JobEvent(at: now(), kind: .notice, detail: $0) }
        unsavedFailures += failures
        try await save(checkpoint, events: notices + milestoneEvents(since: before))
    }

    // MARK: What is noted

    private mutating func note(_ event: JobState.Event, _ kind: JobEvent.Kind) async throws {
        job.state = try job.state.after(event)
        try await save(nil, events: [JobEvent(at: now(), kind: kind, detail: "")])
    }

    private mutating func end(
        _ event: JobState.Event, _ kind: JobEvent.Kind, milestonesSince before: Int? = nil
    ) async throws {
        let running = job.state
        job.state = try job.state.after(event)
        job.finishedAt = now()
        let milestones = event == .cancel ? [] : milestoneEvents(since: before)
        do {
            try await save(nil, events: milestones + [JobEvent(at: now(), kind: kind, detail: summary)])
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
            try await save(nil, events: [JobEvent(at: now(), kind: .failed, detail: reason.detail)])
        } catch {
            // The ledger cannot be written (a full disk, say). Who asks still learns the truth, until the next start, which
            // finds a job that was cut off.
            logger.error("A failed job could not be noted", metadata: ["job": "\(job.id)", "error": "\(error)"])
            hub.publish(job, isNoted: false)
        }
    }

    private func milestoneEvents(since before: Int?) -> [JobEvent] {
        job.progress.milestones(since: before, state: job.state).map {
            JobEvent(at: now(), kind: .progress, detail: "\($0) %")
        }
    }

    private var summary: String {
        let progress = job.progress
        return "\(progress.succeeded) done, \(progress.skipped) skipped, \(progress.failed) failed"
    }

    private mutating func save(_ checkpoint: JobCheckpoint?, events: [JobEvent]) async throws {
        job.progress.sequence = hub.nextSequence(of: job)
        try await ledger.save(job, checkpoint: checkpoint, events: events, failures: unsavedFailures)
        unsavedFailures = []
        hub.publish(job)
    }

    private mutating func publish() {
        job.progress.sequence = hub.nextSequence(of: job)
        hub.publish(job)
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
