import Foundation
import GRDB
import KVFiles
package import KVLedger
import KVModel

/// Changes of jobs. Each compares and stores in one transaction.
extension SQLiteLedger {
    /// Failures that are stored also when the disk is nearly full.
    private static let failuresFromReserve = 100

    package func transition(_ before: Job, to job: Job, with additions: JobAdditions) async throws -> Bool {
        try await write { [self] db in
            guard try isUnchanged(before, in: db), try Self.update(job, isTransition: true, in: db) else {
                return false
            }
            try Self.add(additions, to: job.id, in: db)
            return true
        }
    }

    package func record(_ job: Job, checkpoint: String?, with additions: JobAdditions) async throws -> Bool {
        if additions.failures.count > Self.failuresFromReserve { try reserve.requireRoom("failures cannot be listed") }
        return try await write { db in
            guard try Self.update(job, checkpoint: checkpoint, isTransition: false, in: db) else { return false }
            try Self.add(additions, to: job.id, in: db)
            return true
        }
    }

    package func store(_ request: StateRequest, for before: Job) async throws -> Bool {
        try await write { [self] db in
            guard try isUnchanged(before, in: db) else { return false }
            try db.execute(
                sql: "UPDATE job SET request = ? WHERE id = ?", arguments: [try Self.json(request), before.id.text])
            return true
        }
    }

    private func isUnchanged(_ before: Job, in db: Database) throws -> Bool {
        guard let job = try find(before.id, in: db) else { return false }
        return job.stateName == before.stateName && job.isBegun == before.isBegun && job.request == before.request
    }

    /// Stores the fields of a job that its running changes.
    ///
    /// - Parameter isTransition: Whether to store the state, the times, `request` and `isBegun` too. Otherwise the job has to
    ///   be running, or false is returned. The statement does not name columns of indexes then: SQLite would write the
    ///   indexes with each batch.
    static func update(_ job: Job, checkpoint: String? = nil, isTransition: Bool, in db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: """
                UPDATE job SET sequence = ?, total = ?, succeeded = ?, failed = ?, skipped = ?, missing = ?, bytes = ?,
                    requests = ?, current_key = ?, checkpoint = coalesce(?, checkpoint), keeps_pre_images = ?,
                    changes = ?, error_code = ?, error_detail = ?, download = ?
                    \(isTransition ? ", state = ?, started_at = ?, finished_at = ?, request = ?, begun = ?" : "")
                WHERE id = ? \(isTransition ? "" : "AND state = 'running'")
                """)
        var arguments: StatementArguments = [
            job.progress.sequence, job.progress.total, job.progress.succeeded, job.progress.failed,
            job.progress.skipped, job.progress.missing, job.progress.bytes, job.progress.requests,
            job.progress.currentKey.map(LedgerText.init), checkpoint, job.keepsPreImages, job.changes,
            job.error?.codeName, (job.error?.detail).map(LedgerText.init), try job.download.map(Self.json),
        ]
        if isTransition {
            arguments += [
                job.stateName, job.startedAt, job.finishedAt, try job.request.map(Self.json), job.isBegun,
            ]
        }
        try statement.execute(arguments: arguments + [job.id.text])
        return db.changesCount == 1
    }

    private static func add(_ additions: JobAdditions, to id: JobID, in db: Database) throws {
        try append(additions.events, to: id, in: db)
        try append(additions.failures, to: id, in: db)
        if let audit = additions.audit { try appendAudit(audit, in: db) }
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
