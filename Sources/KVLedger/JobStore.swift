package import KVModel

/// The jobs of a ledger, with their events and failures. The ledger is the queue of jobs, and the only source of truth
/// about them.
///
/// A change of a job states what the job has to be for the change to apply, so that of two owners only one succeeds.
/// Everything that belongs to a change is stored with it, or nothing is. A change is durable when the method returns.
/// Methods that change something throw `disk_full` and `store_unavailable`.
package protocol JobStore: Sendable {
    // MARK: Creating and deleting

    /// Stores a new job with its `created` event, and claims its key list. Returns the earlier job if the idempotency key
    /// has created one.
    ///
    /// Throws `idempotency_key_reused` when that was another request, `job_not_found` when the job that this one retries
    /// or undoes does not exist, and `invalid_request` when its key list does not exist.
    ///
    /// - Parameter remark: The detail of the event.
    func create(_ job: Job, remark: String, idempotencyKey: IdempotencyKey?) async throws -> (job: Job, isNew: Bool)

    /// Returns the job that an earlier request with the same idempotency key has created.
    ///
    /// Throws `idempotency_key_reused` when that was another request. Where no digest of the request is stored, only the
    /// kind and the namespace are compared, and `invalid_request` is thrown.
    func job(
        createdWith key: IdempotencyKey, kind: String, in namespace: NamespaceID, of store: String
    ) async throws -> Job?

    /// Deletes a job that has ended, and stores the audit record. What belongs to the job is removed later.
    ///
    /// Throws `job_not_found`, and `invalid_transition` when the job has not ended, or an undo or a retry of it has not.
    func delete(_ id: JobID, by origin: RequestOrigin, at time: Timestamp) async throws

    // MARK: Changing

    /// Stores a job whose state changes, or that begins to run, with everything that belongs to the change.
    ///
    /// Returns false, and stores nothing, unless the job's state, whether it has begun, and its stored request are still
    /// as in `before`.
    func transition(_ before: Job, to job: Job, with additions: JobAdditions) async throws -> Bool

    /// Stores the progress of a running job, but not its state and its request.
    ///
    /// Returns false, and stores nothing, unless the job is running. Throws `disk_full` for many failures while the disk is
    /// nearly full.
    ///
    /// - Parameter checkpoint: Replaces the stored one; nil keeps it.
    func record(_ job: Job, checkpoint: String?, with additions: JobAdditions) async throws -> Bool

    /// Stores a request for a running job. Returns false, and stores nothing, as `transition` does.
    func store(_ request: StateRequest, for before: Job) async throws -> Bool

    /// Appends an event to the timeline of a job, if the job exists.
    func append(_ event: JobEvent, to id: JobID) async throws

    /// Stores that the files of jobs, by which they could be undone, are gone.
    func forgetFiles(of ids: [JobID]) async throws

    /// Throws what keeps jobs from being stored.
    func checkWritable() async throws

    // MARK: Reading

    /// Returns nil for a job that does not exist.
    func find(_ id: JobID) async throws -> Job?

    /// The checkpoint that was last recorded.
    func checkpoint(of id: JobID) async throws -> String?

    /// The jobs that have not ended, in the order of their creation.
    func unfinishedJobs() async throws -> [Job]

    /// Throws `invalid_cursor`. Paging neither repeats nor leaves out a job that does not change meanwhile.
    func jobs(_ filter: JobFilter) async throws -> JobPage

    /// The number of jobs of each kind and state.
    func jobCensus() async throws -> [JobCensus]

    /// The events of a job, in the order in which they happened.
    func events(of id: JobID) async throws -> [JobEvent]

    /// The failures of a job, in the order in which they happened. Throws `invalid_cursor`.
    func failures(of id: JobID, from cursor: PageCursor?, limit: Int) async throws -> Page<JobFailure>

    func failureCount(of id: JobID) async throws -> Int

    /// Returns those of the lines of a file that failed.
    func failedLines(of id: JobID, among lines: [Int]) async throws -> Set<Int>

    /// Creates a key list with the keys of the failures that are listed of a job, in chunks small enough not to block other
    /// writers.
    func newKeyList(ofFailuresOf id: JobID, now: Timestamp) async throws -> Int64
}

extension JobStore {
    /// Throws `job_not_found`.
    package func job(_ id: JobID) async throws -> Job {
        guard let job = try await find(id) else { throw KVError.noJob(id) }
        return job
    }
}

/// What is stored together with a change of a job.
package struct JobAdditions: Sendable {
    package var events: [JobEvent]
    package var failures: [JobFailure]
    package var audit: AuditRecord?

    package init(events: [JobEvent] = [], failures: [JobFailure] = [], audit: AuditRecord? = nil) {
        self.events = events
        self.failures = failures
        self.audit = audit
    }
}
