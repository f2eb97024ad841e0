import GRDB
import KVFiles
import KVLedger
import KVModel
import SQLiteFile
import SQLiteLedger

/// The changes of jobs: each is one transaction in the ledger, which first checks what the job is.
///
/// Snapshots are published in the order in which transactions are committed. So a request and a running job cannot
/// disagree: the ledger decides which of them was first, and the other one gets that answer.
struct JobTransitions: Sendable {
    let ledger: Ledger
    let hub: ProgressHub
    let clock: WallClock

    // MARK: Creating and deleting

    /// Stores a new job, or returns the one that an earlier request with the same idempotency key has created.
    ///
    /// Throws `idempotency_key_reused`, and `job_not_found` when the job that it retries or undoes has been deleted.
    func create(_ job: Job, remark: String, idempotencyKey: IdempotencyKey?) async throws -> (job: Job, isNew: Bool) {
        try await ledger.write { db in
            if let earlier = try ledger.job(idempotencyKey, for: job.work, of: job.namespace, in: job.store, db) {
                return (earlier, false)
            }
            for earlier in [job.retryOf, job.undoOf].compactMap({ $0 }) { _ = try ledger.job(earlier, in: db) }
            try Ledger.insert(job, remark: remark, idempotencyKey: idempotencyKey, in: db)
            publish(job, after: db)
            return (job, true)
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
        try await ledger.write { db in
            var job = try ledger.job(id, in: db)
            let state = job.state
            guard try job.accepts(request) else { return (hub.newest(of: id) ?? job, .stored) }
            // A queued job is paused when it has been started: the runner may be about to do that.
            let isTakenLater = job.isBegun && request.change != .resume || request.change == .pause && state == .queued
            guard isTakenLater else {
                try job.take(request, at: clock.now.milliseconds)
                let detail = request.change == .cancel ? "It was not at work." : request.error?.detail ?? ""
                let event = JobEvent(at: clock.now.milliseconds, kind: request.eventKind, detail: detail)
                try store(&job, from: state, events: [event], by: request.origin, in: db)
                return (job, .changed)
            }
            job.request = request
            guard state == .paused else {
                try Ledger.update(request, for: id, in: db)
                return (hub.newest(of: id) ?? job, .stored)
            }
            // It has to finish its batch first.
            job.state = .running
            let event = JobEvent(
                at: clock.now.milliseconds, kind: .resumed, detail: "To finish the batch at hand, and then end.")
            try store(&job, from: state, events: [event], in: db)
            return (job, .changed)
        }
    }

    /// The request that is stored for a job.
    func request(for id: JobID) async throws -> StateRequest? {
        try await ledger.read { db in try Ledger.request(for: id, in: db) }
    }

    // MARK: Running

    /// Takes a job to run it. Returns nil when it is no longer to be run: it has been cancelled, paused or deleted.
    func claim(_ id: JobID) async throws -> Claim? {
        try await ledger.write { db in
            guard var job = try ledger.find(id, in: db), !job.isFromNewerVersion,
                job.state == .queued || job.state == .running
            else { return nil }
            let (state, isWithinBatch, isResumed) = (job.state, job.isBegun, job.startedAt != nil)
            let events = job.startedAt == nil ? [JobEvent(at: clock.now.milliseconds, kind: .started, detail: "")] : []
            if state == .queued { job.state = try state.after(.start) }
            job.startedAt = job.startedAt ?? clock.now.milliseconds
            job.isBegun = true
            try store(&job, from: state, events: events, in: db)
            return Claim(
                job: job, isResumed: isResumed, isWithinBatch: isWithinBatch,
                checkpoint: try Ledger.checkpoint(of: id, in: db))
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

    /// Failures that are stored also when the disk is nearly full.
    private static let failuresFromReserve = 100

    /// Stores how far a running job is. Throws `disk_full` for many failures while no more data may be written.
    func save(
        _ job: Job, checkpoint: JobCheckpoint? = nil, events: [JobEvent], failures: [JobFailure] = []
    ) async throws -> Job {
        if failures.count > Self.failuresFromReserve { try ledger.reserve.requireRoom("failures cannot be listed") }
        return try await ledger.write { db in
            var job = job
            try update(&job, from: .running, checkpoint: checkpoint, events: events, failures: failures, in: db)
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
        try await ledger.write { db in
            var job = job
            let isSupersedable = job.state != .failed || request != nil
            if isSupersedable, let stored = try Ledger.request(for: job.id, in: db), stored != request {
                throw Superseded(request: stored)
            }
            job.request = nil
            try store(&job, from: .running, events: events, failures: failures, by: request?.origin, in: db)
            return job
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
    func recover(_ job: Job, isWithinBatch: Bool, after sequences: Int) async throws -> Job {
        try await ledger.write { db in
            var job = job
            job.progress.sequence += sequences
            job.isBegun = isWithinBatch
            if let request = job.request, !isWithinBatch {
                try job.take(request, at: clock.now.milliseconds)
                let event = JobEvent(
                    at: clock.now.milliseconds, kind: request.eventKind, detail: request.error?.detail ?? "")
                try store(&job, from: .running, events: [event], by: request.origin, in: db)
            } else {
                job.state = try job.state.after(.recover)
                let event = JobEvent(
                    at: clock.now.milliseconds, kind: .recovered,
                    detail: "KV Manager ended while the job was running; the job continues after its last checkpoint.")
                try store(&job, from: .running, events: [event], in: db)
            }
            return job
        }
    }

    // MARK: Storing

    /// With what belongs to a change of state.
    private func store(
        _ job: inout Job, from state: JobState, events: [JobEvent], failures: [JobFailure] = [],
        by origin: RequestOrigin? = nil, in db: Database
    ) throws {
        try update(&job, from: state, isTransition: true, events: events, failures: failures, in: db)
        if let record = AuditRecord(job, after: state, by: origin, at: clock.now.milliseconds) {
            try Ledger.appendAudit(record, in: db)
        }
    }

    private func update(
        _ job: inout Job, from state: JobState, checkpoint: JobCheckpoint? = nil, isTransition: Bool = false,
        events: [JobEvent], failures: [JobFailure], in db: Database
    ) throws {
        job.progress.sequence = hub.nextSequence(of: job)
        let isStored = try Ledger.update(
            job, from: state, checkpoint: checkpoint, isTransition: isTransition, in: db)
        guard isStored else { throw ClaimLost() }
        try Ledger.append(events, to: job.id, in: db)
        try Ledger.append(failures, to: job.id, in: db)
        publish(job, after: db)
    }

    private func publish(_ job: Job, after db: Database) {
        db.afterNextTransaction { [hub] _ in hub.publish(job) }
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

    fileprivate mutating func take(_ request: StateRequest, at time: Int64) throws(KVError) {
        state = try state.after(request.event)
        finishedAt = state.isFinal ? time : nil
        error = request.error
        self.request = nil
    }
}

extension KVError {
    static func fromNewerVersion(_ id: JobID) -> KVError {
        KVError(
            .invalidTransition,
            "The job \"\(id)\" was created by a newer version of KV Manager; start that version to run or change it.")
    }
}
