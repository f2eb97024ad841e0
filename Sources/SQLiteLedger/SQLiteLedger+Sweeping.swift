import GRDB

/// Deletion in two steps: a job is marked as deleted, and so gone for everybody, in one small transaction; what belongs
/// to it is removed afterwards, in chunks small enough not to block other writers. A sweep that is cut off continues at the
/// next start. Key lists are dropped in the same way.
extension SQLiteLedger {
    /// Rows that are removed or marked in one transaction, so that other writers do not wait long.
    static let rowsAtOnce = 2_000

    /// Marks jobs as deleted. Their idempotency keys may be used again.
    static func markJobs(where condition: String, _ arguments: StatementArguments, in db: Database) throws {
        try db.execute(
            sql: "UPDATE job SET state = 'deleted', idempotency_key = NULL WHERE \(condition)", arguments: arguments)
    }

    /// Removes all that belongs to deleted jobs and dropped lists.
    package func sweep() async throws { try await sweep(atOnce: Self.rowsAtOnce) }

    func sweep(atOnce limit: Int) async throws {
        while try await removeSomeOfDeletedJob(limit) {}
        while try await removeSomeOfDroppedList(limit) {}
    }

    /// Returns false when no job is left to remove.
    private func removeSomeOfDeletedJob(_ limit: Int) async throws -> Bool {
        try await write { db in
            let row = try Row.fetchOne(db, sql: "SELECT number, selection FROM job WHERE state = 'deleted' LIMIT 1")
            guard let row, let job = row["number"] as Int64? else { return false }
            var left = limit
            for table in ["failure", "event"] where left > 0 {
                try db.execute(
                    sql: """
                        DELETE FROM \(table) WHERE job = ?1
                            AND number IN (SELECT number FROM \(table) WHERE job = ?1 ORDER BY number LIMIT ?2)
                        """,
                    arguments: [job, left])
                left -= db.changesCount
            }
            guard left > 0 else { return true }
            try db.execute(sql: "DELETE FROM job WHERE number = ?", arguments: [job])
            // A list may serve several jobs.
            try db.execute(
                sql: """
                    UPDATE selection SET state = 'dropped'
                    WHERE number = ?1 AND NOT EXISTS (SELECT 1 FROM job WHERE selection = ?1)
                    """,
                arguments: [row["selection"] as Int64?])
            return true
        }
    }

    /// Returns false when no list is left to remove.
    private func removeSomeOfDroppedList(_ limit: Int) async throws -> Bool {
        try await write { db in
            guard let list = try Int64.fetchOne(db, sql: "SELECT number FROM selection WHERE state = 'dropped' LIMIT 1")
            else { return false }
            try db.execute(
                sql: """
                    DELETE FROM selected_key WHERE selection = ?1
                        AND key IN (SELECT key FROM selected_key WHERE selection = ?1 ORDER BY key LIMIT ?2)
                    """,
                arguments: [list, limit])
            if db.changesCount < limit {
                try db.execute(sql: "DELETE FROM selection WHERE number = ?", arguments: [list])
            }
            return true
        }
    }
}
