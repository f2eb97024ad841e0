import Foundation
import GRDB
import KVLedger
import KVModel
import SQLiteLedger

extension Ledger {
    /// - Parameter remark: What stands with its creation on its timeline.
    static func insert(_ job: Job, remark: String, idempotencyKey: IdempotencyKey?, in db: Database) throws {
        let keyList = job.work.keyList
        if let keyList { try use(keyList: keyList, in: db) }
        try db.execute(
            sql: """
                INSERT INTO job (id, idempotency_key, request_digest, kind, state, store, namespace, namespace_title,
                    work, selection, exact, keeps_pre_images, retry_of, undo_of, created_by, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                job.id.text, idempotencyKey?.text, idempotencyKey?.digest, job.kindName, job.stateName, job.store,
                job.namespace.text, job.namespaceTitle, try job.work.storedText(), keyList, job.readsExactly,
                job.keepsPreImages, job.retryOf?.text, job.undoOf?.text, job.createdBy, job.createdAt,
            ])
        try Self.append([JobEvent(at: job.createdAt, kind: .created, detail: remark)], to: job.id, in: db)
    }

    /// Stores the fields of a job that its running changes. Returns false when the job's state is another one.
    ///
    /// - Parameter isTransition: Whether to store the state, the times, `request` and `isBegun` too. A running job must
    ///   not, but for its end: a request may have been stored since it was read, and indexes would be written with each
    ///   batch.
    static func update(
        _ job: Job, from state: JobState, checkpoint: JobCheckpoint? = nil, isTransition: Bool, in db: Database
    ) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: """
                UPDATE job SET sequence = ?, total = ?, succeeded = ?, failed = ?, skipped = ?, missing = ?, bytes = ?,
                    requests = ?, current_key = ?, checkpoint = coalesce(?, checkpoint), keeps_pre_images = ?,
                    changes = ?, error_code = ?, error_detail = ?, download = ?
                    \(isTransition ? ", state = ?, started_at = ?, finished_at = ?, request = ?, begun = ?" : "")
                WHERE id = ? AND state = ?
                """)
        var arguments: StatementArguments = [
            job.progress.sequence, job.progress.total, job.progress.succeeded, job.progress.failed,
            job.progress.skipped, job.progress.missing, job.progress.bytes, job.progress.requests,
            job.progress.currentKey.map(LedgerText.init), try checkpoint.map(Self.json), job.keepsPreImages,
            job.changes, job.error?.codeName, (job.error?.detail).map(LedgerText.init),
            try job.download.map(Self.json),
        ]
        if isTransition {
            arguments += [
                job.stateName, job.startedAt, job.finishedAt, try job.request.map(Self.json), job.isBegun,
            ]
        }
        try statement.execute(arguments: arguments + [job.id.text, state.rawValue])
        return db.changesCount == 1
    }

    /// Stores a request for a running job.
    static func update(_ request: StateRequest?, for id: JobID, in db: Database) throws {
        try db.execute(
            sql: "UPDATE job SET request = ? WHERE id = ?", arguments: [try request.map(Self.json), id.text])
    }

    /// The request that is stored for a job. Returns nil for no job.
    static func request(for id: JobID, in db: Database) throws -> StateRequest? {
        let statement = try db.cachedStatement(sql: "SELECT request FROM job WHERE id = ?")
        return try String.fetchOne(statement, arguments: [id.text]).map {
            try JSONDecoder().decode(StateRequest.self, from: Data($0.utf8))
        }
    }

    /// Throws `job_not_found`.
    func job(_ id: JobID) async throws -> Job { try await read { [self] db in try job(id, in: db) } }

    func job(_ id: JobID, in db: Database) throws -> Job {
        guard let job = try find(id, in: db) else {
            throw KVError(
                .jobNotFound,
                "There is no job with the id \(quoting: id.text). GET /api/jobs (kv-manager jobs list) lists those that exist."
            )
        }
        return job
    }

    func find(_ id: JobID, in db: Database) throws -> Job? { try job(where: "id = ?", [id.text], in: db) }

    /// Behind the job's last finished batch; nil when there was none.
    func checkpoint(of id: JobID) async throws -> JobCheckpoint? {
        try await read { db in try Self.checkpoint(of: id, in: db) }
    }

    static func checkpoint(of id: JobID, in db: Database) throws -> JobCheckpoint? {
        let json = try String.fetchOne(db, sql: "SELECT checkpoint FROM job WHERE id = ?", arguments: [id.text])
        return try json.map { try JobCheckpoint(stored: $0) }
    }

    /// The job that an earlier request with the same idempotency key has created.
    ///
    /// Throws `idempotency_key_reused` when that was another request. Where an earlier version has stored no digest,
    /// only the kind and the namespace are compared, and `invalid_request` is thrown.
    func job(
        _ key: IdempotencyKey?, for work: any JobWork, of namespace: NamespaceID, in store: String, _ db: Database
    ) throws -> Job? {
        guard let key, let job = try job(where: "idempotency_key = ?", [key.text], in: db) else { return nil }
        let digest = try String.fetchOne(
            db, sql: "SELECT request_digest FROM job WHERE id = ?", arguments: [job.id.text])
        if let digest, let new = key.digest {
            guard digest == new else { throw KVError.idempotencyKeyReused(job.id) }
        } else if job.kindName != work.kindName || job.store != store || job.namespace != namespace {
            throw KVError(
                .invalidRequest, "This Idempotency-Key was used for another job, \(job.id); choose a new one.")
        }
        return job
    }

    /// The job is gone for everybody when this returns; what belongs to it is removed later. The audit log keeps its
    /// records.
    ///
    /// Throws `invalid_transition` when the job has not ended, or an undo or a retry of it has not.
    func delete(_ id: JobID, by origin: RequestOrigin, at time: Int64) async throws {
        try await write { [self] db in
            let job = try job(id, in: db)
            try Self.checkDeletable(job, in: db)
            try Self.appendAudit(AuditRecord(deletionOf: job, by: origin, at: time), in: db)
            try Self.markJobs(where: "id = ?", [id.text], in: db)
        }
        sweepDoor.yield()
    }

    private static func checkDeletable(_ job: Job, in db: Database) throws {
        guard job.newerState == nil else { throw KVError.fromNewerVersion(job.id) }
        guard job.state.isFinal else { throw job.hasNotEnded(to: "be deleted") }
        let isFollowed = try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM job WHERE state IN ('queued', 'running', 'paused')
                    AND (undo_of = ?1 OR retry_of = ?1))
                """,
            arguments: [job.id.text])
        if isFollowed ?? false {
            throw KVError(.invalidTransition, "The job is being undone or retried; delete it when that has ended.")
        }
    }

    /// The files of these jobs are gone, and with them what they could be undone by.
    func forgetFiles(of ids: [JobID]) async throws {
        guard !ids.isEmpty else { return }
        try await write { db in
            let statement = try db.cachedStatement(sql: "UPDATE job SET changes = 0 WHERE id = ?")
            for id in ids { try statement.execute(arguments: [id.text]) }
        }
    }

    func unfinishedJobs() async throws -> [Job] {
        try await read { [works] db in
            let rows = try Row.fetchAll(
                db, sql: "\(Self.jobQuery) WHERE state IN ('queued', 'running', 'paused') ORDER BY number")
            return rows.map { Job(row: $0, works: works) }
        }
    }

    private func job(where condition: String, _ arguments: StatementArguments, in db: Database) throws -> Job? {
        try Row.fetchOne(db, sql: "\(Self.jobQuery) WHERE state <> 'deleted' AND \(condition)", arguments: arguments)
            .map {
                Job(row: $0, works: works)
            }
    }

    /// What a `Job` is read from.
    static let jobQuery = """
        SELECT *, (SELECT undo.id FROM job AS undo WHERE undo.undo_of = job.id
            AND undo.state NOT IN ('failed', 'cancelled', 'deleted') ORDER BY undo.number DESC LIMIT 1)
            AS undone_by FROM job
        """

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
