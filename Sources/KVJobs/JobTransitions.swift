import KVLedger
import KVModel

/// The changes of jobs: each reads the job, decides, and is stored if the job has not changed meanwhile.
///
/// So a request and a running job cannot disagree: the ledger decides which of them was first, and the other one gets that
/// answer. Snapshots are published in the order in which changes are stored.
struct JobTransitions: Sendable {
    let ledger: any JobStore
    let hub: ProgressHub
    let clock: WallClock
    private let turns = JobTurns()

    init(ledger: any JobStore, hub: ProgressHub, clock: WallClock) {
        self.ledger = ledger
        self.hub = hub
        self.clock = clock
    }

    // MARK: Creating

    /// Stores a new job, or returns the one that an earlier request with the same idempotency key has created. Throws as
    /// `JobStore.create` does.
    func create(_ job: Job, remark: String, idempotencyKey: IdempotencyKey?) async throws -> (job: Job, isNew: Bool) {
        try await turns.run(job.id) {
            let (created, isNew) = try await ledger.create(job, remark: remark, idempotencyKey: idempotencyKey)
            if isNew { hub.publish(created) }
            return (created, isNew)
        }
    }

    // MARK: Requests

    enum Outcome: Sendable {
        case changed
        /// It takes effect after the batch at hand.
        case stored
    }

    /// Applies a request, or stores it if a batch of the job may be partly done. Either is durable on return.
    ///
    /// Throws `job_not_found`, and `invalid_transition` when the state of the job or a stored request rules it out.
    func apply(_ request: StateRequest, to id: JobID) async throws -> (job: Job, outcome: Outcome) {
        try await turns.run(id) {
            while true {
                if let answer = try await attempt(request, on: ledger.job(id)) { return answer }
            }
        }
    }

    /// Returns nil when the job has changed since it was read.
    private func attempt(_ request: StateRequest, on before: Job) async throws -> (job: Job, outcome: Outcome)? {
        var job = before
        guard try job.accepts(request) else { return (hub.newest(of: job.id) ?? job, .stored) }
        // A queued job is paused when it has been started: the runner may be about to do that.
        let isTakenLater = job.isBegun && request.change != .resume || request.change == .pause && job.state == .queued
        guard isTakenLater else {
            try job.take(request, at: clock.now)
            let detail = request.change == .cancel ? "It was not at work." : request.error?.detail ?? ""
            let event = JobEvent(at: clock.now, kind: request.eventKind, detail: detail)
            let isStored = try await transition(before, to: &job, events: [event], by: request.origin)
            return isStored ? (job, .changed) : nil
        }
        guard before.state == .paused else {
            guard try await ledger.store(request, for: before) else { return nil }
            job.request = request
            return (hub.newest(of: job.id) ?? job, .stored)
        }
        // It has to finish its batch first.
        job.request = request
        job.state = .running
        let event = JobEvent(
            at: clock.now, kind: .resumed, detail: "To finish the batch at hand, and then end.")
        return try await transition(before, to: &job, events: [event]) ? (job, .changed) : nil
    }

    /// The request that is stored for a job.
    func request(for id: JobID) async throws -> StateRequest? { try await ledger.find(id)?.request }

    // MARK: Running

    /// Takes a job to run it. Returns nil when it is no longer to be run: it has been cancelled, paused or deleted.
    func claim(_ id: JobID) async throws -> Claim? {
        try await turns.run(id) {
            while let before = try await ledger.find(id), !before.isFromNewerVersion,
                before.state == .queued || before.state == .running
            {
                let checkpoint = try await ledger.checkpoint(of: id).map { try JobCheckpoint(stored: $0) }
                var job = before
                let events =
                    job.startedAt == nil ? [JobEvent(at: clock.now, kind: .started, detail: "")] : []
                if job.state == .queued { job.state = try job.state.after(.start) }
                job.startedAt = job.startedAt ?? clock.now
                job.isBegun = true
                guard try await transition(before, to: &job, events: events) else { continue }
                return Claim(
                    job: job, isResumed: before.startedAt != nil, isWithinBatch: before.isBegun, checkpoint: checkpoint)
            }
            return nil
        }
    }

    struct Claim: Sendable {
        var job: Job
        /// It has been running before.
        var isResumed: Bool
        /// It was stopped before within a batch.
        var isWithinBatch: Bool
        var checkpoint: JobCheckpoint?
    }

    /// Stores how far a running job is. Throws `disk_full` for many failures while no more data may be written.
    func save(
        _ job: Job, checkpoint: JobCheckpoint? = nil, events: [JobEvent], failures: [JobFailure] = []
    ) async throws -> Job {
        try await turns.run(job.id) {
            var job = job
            job.progress.sequence = hub.nextSequence(of: job)
            let isStored = try await ledger.record(
                job, checkpoint: checkpoint?.storedText(), with: JobAdditions(events: events, failures: failures))
            guard isStored else { throw ClaimLost() }
            hub.publish(job)
            return job
        }
    }

    /// Stores the end or the pause of a running job.
    ///
    /// Throws `Superseded` when another request than `request` is stored for the job. An end by an error is not
    /// superseded: the job cannot go on.
    ///
    /// - Parameter request: The one that takes effect with this.
    func end(
        _ job: Job, by request: StateRequest?, events: [JobEvent], failures: [JobFailure]
    ) async throws -> Job {
        try await turns.run(job.id) {
            var job = job
            job.request = nil
            let isSupersedable = job.state != .failed || request != nil
            while let before = try await ledger.find(job.id), before.state == .running, before.newerState == nil {
                if isSupersedable, let stored = before.request, stored != request { throw Superseded(request: stored) }
                let isStored = try await transition(
                    before, to: &job, events: events, failures: failures, by: request?.origin)
                if isStored { return job }
            }
            throw ClaimLost()
        }
    }

    /// Errors that say what the ledger has, rather than that it could not be written.
    protocol Decided: Error {}

    struct Superseded: Decided {
        let request: StateRequest
    }

    /// The job is not as the one who runs it left it.
    struct ClaimLost: Decided {}

    /// Prepares a job that was running when the program ended: a stored request takes effect, unless a batch has to be
    /// finished first. Otherwise the job is queued.
    func recover(_ before: Job, isWithinBatch: Bool, after sequences: Int) async throws -> Job {
        try await turns.run(before.id) {
            var job = before
            job.progress.sequence += sequences
            job.isBegun = isWithinBatch
            let event: JobEvent
            var origin: RequestOrigin?
            if let request = job.request, !isWithinBatch {
                try job.take(request, at: clock.now)
                event = JobEvent(
                    at: clock.now, kind: request.eventKind, detail: request.error?.detail ?? "")
                origin = request.origin
            } else {
                job.state = try job.state.after(.recover)
                event = JobEvent(
                    at: clock.now, kind: .recovered,
                    detail: "KV Manager ended while the job was running; the job continues after its last checkpoint.")
            }
            guard try await transition(before, to: &job, events: [event], by: origin) else { throw ClaimLost() }
            return job
        }
    }

    // MARK: Storing

    /// Stores and publishes a job with everything that belongs to a change of its state. Returns false when the job has
    /// changed since it was read.
    private func transition(
        _ before: Job, to job: inout Job, events: [JobEvent], failures: [JobFailure] = [],
        by origin: RequestOrigin? = nil
    ) async throws -> Bool {
        job.progress.sequence = hub.nextSequence(of: job)
        let audit = AuditRecord(job, after: before.state, by: origin, at: clock.now)
        let additions = JobAdditions(events: events, failures: failures, audit: audit)
        guard try await ledger.transition(before, to: job, with: additions) else { return false }
        hub.publish(job)
        return true
    }
}

extension Job {
    /// Whether the request changes anything: a repetition of a stored one does not.
    ///
    /// Throws `invalid_transition` where it is ruled out.
    fileprivate func accepts(_ request: StateRequest) throws(KVError) -> Bool {
        guard !isFromNewerVersion else { throw KVError.fromNewerVersion(id) }
        if state != .queued || request.change != .pause { _ = try state.after(request.event) }
        guard let stored = self.request else { return true }
        guard stored.change != request.change else { return false }
        guard !stored.endsJob else {
            throw KVError(.invalidTransition, "The job is about to end; wait for its end.")
        }
        return true
    }

    fileprivate mutating func take(_ request: StateRequest, at time: Timestamp) throws(KVError) {
        state = try state.after(request.event)
        finishedAt = state.isFinal ? time : nil
        error = request.error
        self.request = nil
    }
}
