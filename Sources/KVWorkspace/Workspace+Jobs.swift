package import KVJobs
package import KVLedger
package import KVModel

/// A change of a job's state that a caller asks for.
package enum JobCommand: String, CaseIterable, Sendable {
    case cancel, pause, resume
}

extension Workspace {
    // MARK: Creating

    /// Creates a job. It begins when its store has room for it.
    package func create(_ draft: Jobs.Draft) async throws -> Job {
        try require(.runJobs)
        return try await checking(draft) { try await resources.jobs.create($0) }
    }

    /// Reports what a job would do, and creates none.
    package func plan(_ draft: Jobs.Draft) async throws -> JobPlan {
        try require(.runJobs)
        return try await checking(draft) { try await resources.jobs.plan($0) }
    }

    /// Creates a job for the keys at which another one has failed.
    package func retry(_ id: JobID, idempotencyKey: IdempotencyKey?) async throws -> Job {
        try require(.runJobs)
        let job = try await resources.jobs.job(id)
        try requireControl(of: job)
        if let kind = job.kind { try require(kind.permissions, for: job.target(of: kind), job.location) }
        return try await resources.jobs.retry(
            id, createdBy: principal.name, idempotencyKey: idempotencyKey, in: context)
    }

    /// Creates a job that restores what another one has changed.
    ///
    /// - Parameter isForced: Whether keys that were changed since are restored too.
    package func undo(_ id: JobID, isForced: Bool, idempotencyKey: IdempotencyKey?) async throws -> Job {
        try require(.runJobs)
        let job = try await resources.jobs.job(id)
        try requireControl(of: job)
        let target = job.kind.flatMap { job.target(of: $0) }
        try require(UndoJob.permissions(hasTarget: target != nil), for: target, job.location)
        return try await resources.jobs.undo(
            id, isForced: isForced, createdBy: principal.name, idempotencyKey: idempotencyKey, in: context)
    }

    /// Calls `body` with the draft in the caller's name, once the caller may have such a job. The draft's keys are dropped
    /// otherwise.
    func checking<Result>(
        _ draft: Jobs.Draft, _ body: (Jobs.Draft) async throws -> Result
    ) async throws -> Result {
        do {
            let target = draft.work.target.map { NamespaceLocation($0) }
            try require(
                draft.work.permissions, for: target, NamespaceLocation(store: draft.store, id: draft.namespace))
        } catch {
            await resources.jobs.dropSelection(of: draft)
            throw error
        }
        var draft = draft
        draft.createdBy = principal.name
        draft.context = context
        return try await body(draft)
    }

    /// Throws unless the caller has the permissions that a job needs in its namespace and in its target.
    private func require(
        _ permissions: JobPermissions, for target: NamespaceLocation?, _ source: NamespaceLocation
    ) throws(KVError) {
        try require(permissions.source, in: source)
        try require(permissions.target, in: target ?? source)
    }

    private func require(_ permissions: Set<Permission>, in location: NamespaceLocation) throws(KVError) {
        for permission in permissions.sorted(by: { $0.rawValue < $1.rawValue }) {
            try principal.require(permission, in: .namespace(location.id, store: location.store))
        }
    }

    // MARK: Reading

    package func jobs(_ filter: JobFilter) async throws -> JobPage {
        try require(.readJobs)
        return try await resources.jobs.list(filter)
    }

    /// The job as it is now. Throws `job_not_found`.
    package func job(_ id: JobID) async throws -> Job {
        try require(.readJobs)
        return try await resources.jobs.job(id)
    }

    /// Returns the first snapshot with a sequence above `sequence`, or the present one after `seconds`.
    package func job(_ id: JobID, after sequence: Int, waiting seconds: Double) async throws -> Job {
        try require(.readJobs)
        return try await resources.jobs.job(id, after: sequence, waiting: seconds)
    }

    /// Calls `body` with the snapshots of a job, the present one first; they end after a final one.
    package func withProgress<Result>(
        of id: JobID, _ body: (AsyncStream<Job>) async throws -> Result
    ) async throws -> Result {
        try require(.readJobs)
        return try await resources.jobs.withProgress(of: id, body)
    }

    /// The number of callers that follow a job.
    package func watchers(of id: JobID) -> Int { resources.jobs.watchers(of: id) }

    /// Returns the events of a job in the order in which they happened.
    package func events(of id: JobID) async throws -> [JobEvent] {
        try require(.readJobs)
        return try await resources.jobs.events(of: id)
    }

    package func failures(of id: JobID, from cursor: PageCursor?, limit: Int) async throws -> Page<JobFailure> {
        try require(.readJobs)
        return try await resources.jobs.failures(of: id, from: cursor, limit: limit)
    }

    /// The kinds of jobs that the program has.
    package var jobKinds: JobKinds { resources.jobs.kinds }

    /// Returns the file that a job has made. Throws `no_download`, and `download_damaged` where its length is not as stored.
    package func download(of id: JobID) async throws -> (job: Job, file: Job.Download, path: String) {
        try require(.export)
        let (job, files) = (try await resources.jobs.job(id), resources.files)
        guard let download = job.download, let bytes = files.downloadBytes(of: id) else {
            throw KVError(
                .noDownload, "The job \"\(id)\" has no file: it has made none, or it has been removed by age.")
        }
        guard bytes == download.bytes else {
            throw KVError(
                .downloadDamaged,
                "The file of the job \(quoting: id.text) is damaged: it has \(bytes) bytes, and \(download.bytes) were "
                    + "written. Export again.")
        }
        return (job, download, files.download(of: id))
    }

    // MARK: Controlling

    /// Pauses, resumes or cancels a job. The answer is durable. Throws `job_not_found` and `invalid_transition`.
    package func perform(_ command: JobCommand, on id: JobID) async throws -> Job {
        try await requireControl(of: id)
        return switch command {
        case .cancel: try await resources.jobs.cancel(id, by: origin)
        case .pause: try await resources.jobs.pause(id, by: origin)
        case .resume: try await resources.jobs.resume(id, by: origin)
        }
    }

    /// Deletes a job that has ended, with its events, failures and files.
    package func delete(_ id: JobID) async throws {
        try await requireControl(of: id)
        try await resources.jobs.delete(id, by: origin)
    }

    private func requireControl(of id: JobID) async throws {
        try require(.controlJobs)
        guard !principal.has(.controlAllJobs) else { return }
        try requireControl(of: try await resources.jobs.job(id))
    }

    /// The jobs of other users need a permission of their own.
    private func requireControl(of job: Job) throws(KVError) {
        if !job.createdBy.utf8.elementsEqual(principal.name.utf8) { try require(.controlAllJobs) }
    }
}

extension NamespaceLocation {
    fileprivate init(_ target: JobTarget) {
        self.init(store: target.store, id: NamespaceID(target.namespace))
    }
}

extension Job {
    fileprivate var location: NamespaceLocation { NamespaceLocation(store: store, id: namespace) }

    fileprivate func target(of kind: any JobKind) -> NamespaceLocation? { kind.target.map { NamespaceLocation($0) } }
}
