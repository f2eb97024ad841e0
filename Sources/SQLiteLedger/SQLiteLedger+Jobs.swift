import Foundation
import GRDB
package import KVLedger
package import KVModel

/// Jobs are rows of the table `job`. A deleted job is marked until it is swept; see `sweep`.
extension SQLiteLedger: JobStore {
    // MARK: Creating and deleting

    package func create(
        _ job: Job, remark: String, idempotencyKey: IdempotencyKey?
    ) async throws -> (job: Job, isNew: Bool) {
        try await write { [self] db in
            if let idempotencyKey,
                let earlier = try self.job(
                    createdWith: idempotencyKey, kind: job.kindName, in: job.namespace, of: job.store, db)
            {
                return (earlier, false)
            }
            for earlier in [job.retryOf, job.undoOf].compactMap({ $0 }) where try find(earlier, in: db) == nil {
                throw KVError.noJob(earlier)
            }
            try Self.insert(job, remark: remark, idempotencyKey: idempotencyKey, in: db)
            return (job, true)
        }
    }

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

    package func job(
        createdWith key: IdempotencyKey, kind: String, in namespace: NamespaceID, of store: String
    ) async throws -> Job? {
        try await read { [self] db in try job(createdWith: key, kind: kind, in: namespace, of: store, db) }
    }

    private func job(
        createdWith key: IdempotencyKey, kind: String, in namespace: NamespaceID, of store: String, _ db: Database
    ) throws -> Job? {
        guard let job = try job(where: "idempotency_key = ?", [key.text], in: db) else { return nil }
        let digest = try String.fetchOne(
            db, sql: "SELECT request_digest FROM job WHERE id = ?", arguments: [job.id.text])
        if let digest, let new = key.digest {
            guard digest == new else { throw KVError.idempotencyKeyReused(job.id) }
        } else if job.kindName != kind || job.store != store || job.namespace != namespace {
            throw KVError(
                .invalidRequest, "This Idempotency-Key was used for another job, \(job.id); choose a new one.")
        }
        return job
    }

    package func delete(_ id: JobID, by origin: RequestOrigin, at time: Timestamp) async throws {
        try await write { [self] db in
            guard let job = try find(id, in: db) else { throw KVError.noJob(id) }
            try Self.checkDeletable(job, in: db)
            try Self.appendAudit(AuditRecord(deletionOf: job, by: origin, at: time), in: db)
            try Self.markJobs(where: "id = ?", [id.text], in: db)
        }
        sweepContinuation.yield()
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

    package func forgetFiles(of ids: [JobID]) async throws {
        guard !ids.isEmpty else { return }
        try await write { db in
            let statement = try db.cachedStatement(sql: "UPDATE job SET changes = 0 WHERE id = ?")
            for id in ids { try statement.execute(arguments: [id.text]) }
        }
    }

    // MARK: Reading

    package func find(_ id: JobID) async throws -> Job? { try await read { [self] db in try find(id, in: db) } }

    func find(_ id: JobID, in db: Database) throws -> Job? { try job(where: "id = ?", [id.text], in: db) }

    package func checkpoint(of id: JobID) async throws -> String? {
        try await read { db in
            try Row.fetchOne(db, sql: "SELECT checkpoint FROM job WHERE id = ?", arguments: [id.text])?["checkpoint"]
        }
    }

    package func unfinishedJobs() async throws -> [Job] {
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
}
