import Foundation
package import KVLedger
package import KVModel
import KVTransfer
package import Logging
import ServiceLifecycle

/// Everything that can be asked about jobs and of them.
package final class Jobs: Service {
    let ledger: any Ledger
    package let annotations: any AnnotationStore
    package let files: JobFiles
    let hub: ProgressHub
    package let kinds: JobKinds
    let stores: Stores
    let transitions: JobTransitions
    let runner: JobRunner
    private let logger: Logger
    package let clock: WallClock

    package init(
        stores: Stores, kinds: JobKinds, ledger: any Ledger, annotations: any AnnotationStore, files: JobFiles,
        logger: Logger, clock: WallClock
    ) {
        self.annotations = annotations
        self.stores = stores
        self.kinds = kinds
        self.ledger = ledger
        self.files = files
        self.logger = logger
        self.clock = clock
        hub = ProgressHub(clock: clock)
        transitions = JobTransitions(ledger: ledger, hub: hub, clock: clock)
        runner = JobRunner(
            resources: JobResources(
                stores: stores, files: files, ledger: ledger, annotations: annotations, clock: clock),
            transitions: transitions, logger: logger, clock: clock)
    }

    /// Puts the sequence of a recovered job above all that was shown of it between two notes.
    private static let sequenceStep = 1 << 20

    // MARK: Making

    /// What is asked for, before it is a job.
    package struct Draft: Sendable {
        package var store: String
        package var namespace: NamespaceID
        package var work: any JobKind
        package var readsExactly: Bool
        /// Whether it is to be undoable; nil: as is usual for the stores that it changes.
        package var keepsPreImages: Bool?
        /// Its keys are a list that was there before, and stays if no job is made.
        package var usesList = false
        package var retryOf: JobID?
        /// What the file of an import is called where it comes from; for people.
        package var fileName: String?
        /// For the job's timeline.
        var remark: String?
        /// The name of the principal.
        package var createdBy: String
        package var idempotencyKey: IdempotencyKey?
        /// On whose behalf engines are asked before there is a job.
        package var context = WorkContext.users

        package init(
            store: String, namespace: NamespaceID, work: some JobKind, readsExactly: Bool = false,
            keepsPreImages: Bool? = nil, retryOf: JobID? = nil, createdBy: String = "",
            idempotencyKey: IdempotencyKey?
        ) {
            self.store = store
            self.namespace = namespace
            self.work = work
            self.readsExactly = readsExactly
            self.keepsPreImages = keepsPreImages
            self.retryOf = retryOf
            self.createdBy = createdBy
            self.idempotencyKey = idempotencyKey
        }
    }

    /// Returns at once; the work begins when the store has a slot for it. A draft whose idempotency key was used before
    /// gives the job of that time. Keys named for a job that is not made are dropped.
    package func create(_ draft: Draft) async throws -> Job {
        let job: Job
        do {
            if let earlier = try await earlier(draft) {
                job = earlier
            } else {
                job = try await create(draft, id: .random())
            }
        } catch {
            await dropSelection(of: draft)
            throw error
        }
        if job.work.keyList != draft.work.keyList { await dropSelection(of: draft) }
        return job
    }

    /// Makes the job of a file that lies in `upload`, which then belongs to the job, or is removed.
    ///
    /// Throws `unknown_format` when the content is none of the formats; nothing is made then.
    package func createImport(_ draft: Draft, upload: String) async throws -> Job {
        let id = JobID.random()
        do {
            let job = try await job(importing: upload, draft, id: id)
            if job.id != id { await files.removeFiles(of: id, and: upload) }
            return job
        } catch {
            await files.removeFiles(of: id, and: upload)
            throw error
        }
    }

    private func job(importing upload: String, _ draft: Draft, id: JobID) async throws -> Job {
        if let earlier = try await earlier(draft) { return earlier }
        try await draft.work.check(
            upload: upload, now: clock.now, maximumBytes: files.expansionLimit)
        try files.adopt(upload, asUploadOf: id)
        return try await create(draft, id: id)
    }

    /// The same for the upload of another job.
    func createImport(_ draft: Draft, sharing other: JobID) async throws -> Job {
        let id = JobID.random()
        do {
            if let earlier = try await earlier(draft) {
                await dropSelection(of: draft)
                return earlier
            }
            try files.share(uploadOf: other, with: id)
            let job = try await create(draft, id: id)
            if job.id != id { await files.removeFiles(of: id) }
            return job
        } catch {
            await files.removeFiles(of: id)
            await dropSelection(of: draft)
            throw error
        }
    }

    /// The job that an earlier request with the draft's idempotency key has created.
    private func earlier(_ draft: Draft) async throws -> Job? {
        guard let key = draft.idempotencyKey else { return nil }
        return try await ledger.job(
            createdWith: key, kind: draft.work.kindName, in: draft.namespace, of: draft.store)
    }

    /// Drops the keys that were named for a draft of which no job is created.
    package func dropSelection(of draft: Draft) async {
        guard let number = draft.work.keyList, !draft.usesList else { return }
        do {
            try await ledger.dropKeyList(number)
        } catch {
            // It is dropped by its age.
            logger.notice("A key list could not be dropped", metadata: ["error": "\(error)"])
        }
    }

    private func create(_ draft: Draft, id: JobID) async throws -> Job {
        let namespace = try await checked(draft)
        let job = Job(
            id: id, store: draft.store, namespace: draft.namespace, namespaceTitle: namespace.title,
            work: draft.work, readsExactly: draft.readsExactly, keepsPreImages: try keepsPreImages(draft),
            retryOf: draft.retryOf, createdBy: draft.createdBy, createdAt: clock.now, state: .queued,
            progress: JobProgress())
        let omission = draft.work.omission(
            isAnnotated: try await annotations.hasAnnotations(in: draft.namespace, of: draft.store))
        let (made, isNew) = try await transitions.create(
            job, remark: draft.remark ?? draft.fileName.map { "from the file \($0)" } ?? omission ?? "",
            idempotencyKey: draft.idempotencyKey)
        if isNew { await runner.submit(made) }
        return made
    }

    /// The namespace that the job stands on. Throws what keeps the job from being made.
    func checked(_ draft: Draft) async throws -> Namespace {
        let namespace = try await namespace(
            draft.store, draft.namespace, toBeWritten: draft.work.writesSource, draft.context)
        if let target = draft.work.target {
            guard target.store != draft.store || target.namespace != draft.namespace.text else {
                throw KVError(.invalidRequest, "The target is the source; choose another namespace.")
            }
            _ = try await self.namespace(
                target.store, NamespaceID(target.namespace), toBeWritten: true, draft.context)
        }
        return namespace
    }

    /// Always where that costs no requests; elsewhere as asked, or nil: the job's first batch will tell.
    func keepsPreImages(_ draft: Draft) throws -> Bool? {
        switch (draft.work.preImages, draft.keepsPreImages) {
        case (.nothingToKeep, _): return false
        case (_, let asked?): return asked
        case (.always, _): return true
        case (.whereCheap, _): break
        }
        let changed = (draft.work.writesSource ? [draft.store] : []) + (draft.work.target.map { [$0.store] } ?? [])
        let isCheap = try changed.allSatisfy { name in
            try !stores.store(named: name).engine.traits.capabilities.contains(.costsQuota)
        }
        return isCheap ? true : nil
    }

    private func namespace(
        _ store: String, _ id: NamespaceID, toBeWritten: Bool, _ context: WorkContext
    ) async throws -> Namespace {
        let namespace = try await stores.store(named: store).engine.working(in: context).namespace(id)
        if toBeWritten, namespace.isProtected { throw KVError.protected(namespace.title) }
        return namespace
    }

    /// The lists of keys that are named one by one, for drafts.
    package var keyLists: any KeyListStore { ledger }

    // MARK: Asking

    /// As it stands now. Throws `job_not_found`.
    package func job(_ id: JobID) async throws -> Job {
        if let newest = hub.newest(of: id) { return newest }
        return try await ledger.job(id)
    }

    /// The first snapshot with a sequence above `sequence`, or the present one after `seconds`, or when the program
    /// is told to end.
    package func job(_ id: JobID, after sequence: Int, waiting seconds: Double) async throws -> Job {
        try await withProgress(of: id) { snapshots in
            try await withThrowingTaskGroup(of: Job?.self) { group in
                group.addTask {
                    for await job in snapshots where job.progress.sequence > sequence || job.state.isFinal {
                        return job
                    }
                    return nil
                }
                group.addTask {
                    try await Task.sleep(for: .seconds(seconds))
                    return nil
                }
                group.addTask {
                    try await gracefulShutdown()
                    return nil
                }
                let first = try await group.next() ?? nil
                group.cancelAll()
                if let first { return first }
                return try await self.job(id)
            }
        }
    }

    /// Snapshots as they come, the present one first; they end behind a final one.
    package func withProgress<Result>(
        of id: JobID, _ body: (AsyncStream<Job>) async throws -> Result
    ) async throws -> Result {
        try await hub.withProgress(of: id, stored: { try await self.ledger.job(id) }, body)
    }

    package func list(_ filter: JobFilter) async throws -> JobPage {
        var page = try await ledger.jobs(filter)
        page.jobs = page.jobs.map { hub.newest(of: $0.id) ?? $0 }
        return page
    }

    /// In the order in which they happened. Throws `job_not_found`.
    package func events(of id: JobID) async throws -> [JobEvent] {
        try await ledger.events(of: job(id).id)
    }

    package func failures(of id: JobID, from cursor: PageCursor?, limit: Int) async throws -> Page<JobFailure> {
        try await ledger.failures(of: job(id).id, from: cursor, limit: limit)
    }

    /// What has been done since the start of the program.
    package var figures: JobFigures { hub.figures }

    /// How many there are of each kind and state.
    package func census() async throws -> [JobCensus] { try await ledger.jobCensus() }

    /// How many watch the job.
    package func watchers(of id: JobID) -> Int { hub.watchers(of: id) }

    /// Throws what keeps jobs from being noted.
    package func checkWritable() async throws { try await ledger.checkWritable() }

    // MARK: Requests

    /// Pauses a job, between two batches if it is running. The answer is durable, as are those of the next two.
    ///
    /// Throws `job_not_found` and `invalid_transition`.
    package func pause(_ id: JobID, by origin: RequestOrigin) async throws -> Job {
        try await runner.apply(StateRequest(.pause, by: origin), to: id)
    }

    package func resume(_ id: JobID, by origin: RequestOrigin) async throws -> Job {
        try await runner.apply(StateRequest(.resume, by: origin), to: id)
    }

    /// Cancels a job, between two batches if it is running.
    package func cancel(_ id: JobID, by origin: RequestOrigin) async throws -> Job {
        try await runner.apply(StateRequest(.cancel, by: origin), to: id)
    }

    // MARK: Running

    package func run() async throws {
        await runner.run()
    }

    /// Takes up what the end of the program left. Call it before anything else is asked.
    package func prepare() async throws {
        files.removeUnfinished()
        for job in try await ledger.unfinishedJobs() where job.state != .paused {
            if job.isFromNewerVersion {
                logger.notice(
                    "A job of a newer version is not run",
                    metadata: ["job": "\(job.id)", "kind": "\(job.kindName)"])
            } else if job.state == .queued {
                await runner.submit(job)
            } else {
                try await recover(job)
            }
        }
    }

    private func recover(_ job: Job) async throws {
        var job = job
        do {
            job = try await transitions.recover(
                job, isWithinBatch: await runner.hasBegunBatch(job.id), after: Self.sequenceStep)
        } catch let error as KVError where error.code == .diskFull {
            // The start of the job is stored when there is room again.
            logger.error("The disk is full: that a job was cut off could not be noted", metadata: ["job": "\(job.id)"])
        }
        guard !job.state.isFinal, job.state != .paused else { return }
        logger.notice("An interrupted job continues", metadata: ["job": "\(job.id)"])
        await runner.submit(job)
    }
}
