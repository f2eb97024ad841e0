import GRDB
import KVLedger
package import KVModel

/// How long the ledger remembers, in milliseconds.
enum Retention {
    static let audit: Int64 = 365 * 86_400_000
    static let jobs: Int64 = 90 * 86_400_000
    static let unusedLists: Int64 = 3_600_000
}

extension SQLiteLedger: LedgerRetention {
    package func removeAged(now: Timestamp) async throws {
        while try await removeAudit(before: now.adding(milliseconds: -Retention.audit)) {}
        while try await markJobs(finishedBefore: now.adding(milliseconds: -Retention.jobs)) {}
        while try await dropLists(before: now.adding(milliseconds: -Retention.unusedLists)) {}
        try await sweep()
    }

    /// Removes some of the records from before a time. Returns whether there may be more.
    func removeAudit(before time: Timestamp, atOnce limit: Int = rowsAtOnce) async throws -> Bool {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM audit WHERE number IN (SELECT number FROM audit WHERE at < ? ORDER BY at LIMIT ?)",
                arguments: [time, limit])
            return db.changesCount == limit
        }
    }

    /// Marks some of the jobs that ended before a time as deleted. Returns whether there may be more. A job that has not
    /// ended is never marked, nor one that is being undone or retried.
    func markJobs(finishedBefore time: Timestamp, atOnce limit: Int = rowsAtOnce) async throws -> Bool {
        try await write { db in
            try Self.markJobs(
                where: """
                    number IN (SELECT number FROM job WHERE finished_at < ?
                        AND state IN ('completed', 'incomplete', 'failed', 'cancelled')
                        AND NOT EXISTS (SELECT 1 FROM job AS follower
                            WHERE follower.state IN ('queued', 'running', 'paused')
                                AND (follower.undo_of = job.id OR follower.retry_of = job.id))
                        ORDER BY finished_at LIMIT ?)
                    """,
                [time, limit], in: db)
            return db.changesCount == limit
        }
    }

    /// Drops some of the lists that no job has used since a time. Returns whether there may be more.
    private func dropLists(before time: Timestamp, atOnce limit: Int = rowsAtOnce) async throws -> Bool {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE selection SET state = 'dropped' WHERE number IN
                        (SELECT number FROM selection WHERE state = 'unused' AND created_at < ? LIMIT ?)
                    """,
                arguments: [time, limit])
            return db.changesCount == limit
        }
    }
}
