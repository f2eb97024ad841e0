import GRDB
import KVModel
import Logging

/// How long the ledger remembers, in milliseconds.
enum Retention {
    static let audit: Int64 = 365 * 86_400_000
    static let jobs: Int64 = 90 * 86_400_000
}

extension Ledger {
    /// Rows removed in one transaction, so that those who wait for the ledger do not wait long.
    private static let rowsAtOnce = 2_000

    func tidy(now: Int64, logger: Logger) async {
        do {
            try await readJobsIntoMemory()
            try await removeAged(now: now)
        } catch is CancellationError {
            // The program is ending; the rest is for the next time.
        } catch {
            logger.error("The ledger could not be tidied", metadata: ["error": "\(error)"])
        }
    }

    /// Removes what is older than it is kept. `now` is in milliseconds since 1970.
    func removeAged(now: Int64) async throws {
        while try await removeAudit(before: now - Retention.audit) {}
        while try await removeJobs(finishedBefore: now - Retention.jobs) {}
    }

    /// Removes some of the records from before a time. Returns whether there may be more.
    func removeAudit(before time: Int64, atOnce limit: Int = rowsAtOnce) async throws -> Bool {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM audit WHERE number IN (SELECT number FROM audit WHERE at < ? ORDER BY at LIMIT ?)",
                arguments: [time, limit])
            return db.changesCount == limit
        }
    }

    /// Removes some of what belongs to jobs that ended before a time, and those that have nothing left. Returns whether
    /// there may be more. A job that has not ended is never removed.
    func removeJobs(finishedBefore time: Int64, atOnce limit: Int = rowsAtOnce) async throws -> Bool {
        try await write { db in
            var left = limit
            while left > 0 {
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT number, selection FROM job
                        WHERE finished_at < ? AND state IN ('completed', 'incomplete', 'failed', 'cancelled')
                        ORDER BY finished_at LIMIT 1
                        """,
                    arguments: [time])
                guard let row else { return false }
                left -= try Self.removeSome(ofJob: row["number"], selection: row["selection"], limit: left, in: db)
            }
            return true
        }
    }

    /// Returns how many rows that took; fewer than `limit` when the job itself is gone.
    private static func removeSome(
        ofJob job: Int64, selection: Int64?, limit: Int, in db: Database
    ) throws -> Int {
        var removed = 0
        for table in ["failure", "event"] where removed < limit {
            try db.execute(
                sql: """
                    DELETE FROM \(table) WHERE job = ?1
                        AND number IN (SELECT number FROM \(table) WHERE job = ?1 ORDER BY number LIMIT ?2)
                    """,
                arguments: [job, limit - removed])
            removed += db.changesCount
        }
        if let selection, removed < limit, try isLastUser(job, of: selection, in: db) {
            try db.execute(
                sql: """
                    DELETE FROM selected_key WHERE selection = ?1
                        AND key IN (SELECT key FROM selected_key WHERE selection = ?1 ORDER BY key LIMIT ?2)
                    """,
                arguments: [selection, limit - removed])
            removed += db.changesCount
        }
        guard removed < limit else { return removed }
        let ownsSelection = try selection.map { try isLastUser(job, of: $0, in: db) } ?? false
        try db.execute(sql: "DELETE FROM job WHERE number = ?", arguments: [job])
        if ownsSelection { try db.execute(sql: "DELETE FROM selection WHERE number = ?", arguments: [selection]) }
        return removed + 1
    }

    private static func isLastUser(_ job: Int64, of selection: Int64, in db: Database) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT NOT EXISTS (SELECT 1 FROM job WHERE selection = ? AND number <> ?)",
            arguments: [selection, job]) ?? true
    }
}
