import Foundation
import GRDB
import KVModel

extension Ledger {
    /// Notes a new job, or finds the one that was made before under the same idempotency key.
    /// - Parameter remark: What stands with its creation on its timeline.
    func insert(_ job: Job, remark: String = "", idempotencyKey: String?) async throws -> (job: Job, isNew: Bool) {
        try await write { db in
            if let idempotencyKey, let earlier = try Self.job(where: "idempotency_key = ?", [idempotencyKey], in: db) {
                return (earlier, false)
            }
            var selection: Int64?
            if case .keys(let number) = job.work.selection { selection = number }
            try db.execute(
                sql: """
                    INSERT INTO job (id, idempotency_key, kind, state, store, namespace, namespace_title, work,
                        selection, exact, keeps_pre_images, retry_of, undo_of, created_by, created_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    job.id.text, idempotencyKey, job.kind.rawValue, job.state.rawValue, job.store, job.namespace.text,
                    job.namespaceTitle, try Self.json(job.work), selection, job.readsExactly,
                    job.keepsPreImages, job.retryOf?.text, job.undoOf?.text, job.createdBy, job.createdAt,
                ])
            try Self.append([JobEvent(at: job.createdAt, kind: .created, detail: remark)], to: job.id, in: db)
            return (job, true)
        }
    }

    /// How the job stands now, with what happened and failed since the last time, in one transaction.
    func save(_ job: Job, checkpoint: JobCheckpoint?, events: [JobEvent], failures: [JobFailure]) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE job SET state = ?, started_at = ?, finished_at = ?, sequence = ?, total = ?, succeeded = ?,
                        failed = ?, skipped = ?, bytes = ?, requests = ?, current_key = ?,
                        checkpoint = coalesce(?, checkpoint), keeps_pre_images = ?, changes = ?, error_code = ?,
                        error_detail = ?, download = ?
                    WHERE id = ?
                    """,
                arguments: [
                    job.state.rawValue, job.startedAt, job.finishedAt, job.progress.sequence, job.progress.total,
                    job.progress.succeeded, job.progress.failed, job.progress.skipped, job.progress.bytes,
                    job.progress.requests, job.progress.currentKey.map(LedgerText.init), try checkpoint.map(Self.json),
                    job.keepsPreImages, job.changes, job.error?.code.rawValue,
                    (job.error?.detail).map(LedgerText.init), try job.download.map(Self.json), job.id.text,
                ])
            try Self.append(events, to: job.id, in: db)
            try Self.append(failures, to: job.id, in: db)
            if let record = AuditRecord(job) { try Self.appendAudit(record, in: db) }
        }
    }

    func job(_ id: JobID) async throws -> Job {
        guard let job = try await read({ db in try Self.job(where: "id = ?", [id.text], in: db) }) else {
            throw KVError(.jobNotFound, "There is no job with the id \(quoting: id.text).")
        }
        return job
    }

    /// Behind the job's last finished batch; nil when there was none.
    func checkpoint(of id: JobID) async throws -> JobCheckpoint? {
        let json = try await read { db in
            try String.fetchOne(db, sql: "SELECT checkpoint FROM job WHERE id = ?", arguments: [id.text])
        }
        return try json.map { try JSONDecoder().decode(JobCheckpoint.self, from: Data($0.utf8)) }
    }

    /// The job that was made under the key.
    func job(idempotencyKey: String?) async throws -> Job? {
        guard let idempotencyKey else { return nil }
        return try await read { db in try Self.job(where: "idempotency_key = ?", [idempotencyKey], in: db) }
    }

    /// With all that is noted of it, but for the audit log, which notes this too.
    func delete(_ id: JobID, noting record: AuditRecord) async throws {
        try await write { db in
            try Self.appendAudit(record, in: db)
            let selection = try Int64.fetchOne(db, sql: "SELECT selection FROM job WHERE id = ?", arguments: [id.text])
            try db.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [id.text])
            if let selection {
                // A list may serve several jobs.
                try db.execute(
                    sql:
                        "DELETE FROM selection WHERE number = ?1 AND NOT EXISTS (SELECT 1 FROM job WHERE selection = ?1)",
                    arguments: [selection])
            }
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
        try await read { db in
            let rows = try Row.fetchAll(
                db, sql: "\(Self.jobQuery) WHERE state IN ('queued', 'running', 'paused') ORDER BY number")
            return try rows.map { try Job(row: $0) }
        }
    }

    private static func job(where condition: String, _ arguments: StatementArguments, in db: Database) throws -> Job? {
        try Row.fetchOne(db, sql: "\(jobQuery) WHERE \(condition)", arguments: arguments).map { try Job(row: $0) }
    }

    /// What a `Job` is read from.
    static let jobQuery = """
        SELECT *, (SELECT undo.id FROM job AS undo WHERE undo.undo_of = job.id
            AND undo.state NOT IN ('failed', 'cancelled') ORDER BY undo.number DESC LIMIT 1)
            AS undone_by FROM job
        """

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension Job {
    /// A row of `Ledger.jobQuery`.
    init(row: Row) throws {
        let decoder = JSONDecoder()
        id = JobID(row["id"])
        store = row["store"]
        namespace = NamespaceID(row["namespace"])
        namespaceTitle = row["namespace_title"]
        work = try decoder.decode(JobWork.self, from: Data((row["work"] as String).utf8))
        readsExactly = row["exact"]
        keepsPreImages = row["keeps_pre_images"]
        changes = row["changes"]
        undoneBy = (row["undone_by"] as String?).map { JobID($0) }
        retryOf = (row["retry_of"] as String?).map { JobID($0) }
        createdBy = row["created_by"]
        createdAt = row["created_at"]
        startedAt = row["started_at"]
        finishedAt = row["finished_at"]
        state = JobState(rawValue: row["state"]) ?? .failed
        progress = JobProgress()
        progress.sequence = row["sequence"]
        progress.total = row["total"]
        progress.succeeded = row["succeeded"]
        progress.failed = row["failed"]
        progress.skipped = row["skipped"]
        progress.bytes = row["bytes"]
        progress.requests = row["requests"]
        progress.currentKey = row.text("current_key")
        if let code = row["error_code"] as String? {
            error = KVError(KVError.Code(rawValue: code) ?? .internalError, row.text("error_detail") ?? "")
        }
        download = try (row["download"] as String?).map {
            try decoder.decode(Download.self, from: Data($0.utf8))
        }
    }
}
