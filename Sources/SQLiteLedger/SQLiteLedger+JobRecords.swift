import GRDB
package import KVLedger
package import KVModel

extension SQLiteLedger {
    /// In the order in which they happened.
    package func events(of id: JobID) async throws -> [JobEvent] {
        try await read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT at, kind, detail FROM event WHERE job = \(Self.number) ORDER BY number",
                arguments: [id.text])
            return rows.map { row in
                JobEvent(
                    at: row["at"], kind: JobEvent.Kind(rawValue: row["kind"]),
                    detail: row.text("detail") ?? "")
            }
        }
    }

    package func failures(of id: JobID, from cursor: PageCursor?, limit: Int) async throws -> Page<JobFailure> {
        let after = try cursor.map(Self.position) ?? 0
        return try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT number, key, line, code, detail, attempts FROM failure
                    WHERE job = \(Self.number) AND number > ? ORDER BY number LIMIT ?
                    """,
                arguments: [id.text, after, limit + 1])
            let failures = rows.prefix(limit).map { row in
                JobFailure(
                    key: row.text("key"), line: row["line"],
                    error: KVError(stored: row["code"], row.text("detail") ?? ""),
                    attempts: row["attempts"])
            }
            let last: Int? = rows.count > limit ? rows[limit - 1]["number"] : nil
            return Page(items: failures, cursor: last.map { PageCursor("\($0)") })
        }
    }

    package func failureCount(of id: JobID) async throws -> Int {
        try await read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM failure WHERE job = \(Self.number)", arguments: [id.text])
                ?? 0
        }
    }

    /// Those of the lines of a file that the job could not read.
    package func failedLines(of id: JobID, among lines: [Int]) async throws -> Set<Int> {
        guard !lines.isEmpty else { return [] }
        return try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM failure WHERE job = \(Self.number) AND line = ?)")
            return try Set(lines.filter { try Bool.fetchOne(statement, arguments: [id.text, $0]) ?? false })
        }
    }

    private static let number = "(SELECT number FROM job WHERE id = ?)"

    private static func position(_ cursor: PageCursor) throws(KVError) -> Int {
        guard let position = Int(cursor.text) else {
            throw KVError.badCursor
        }
        return position
    }

    package func append(_ event: JobEvent, to id: JobID) async throws {
        try await write { db in try Self.append([event], to: id, in: db) }
    }

    static func append(_ events: [JobEvent], to id: JobID, in db: Database) throws {
        guard !events.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO event (job, number, at, kind, detail)
                SELECT job.number, (SELECT coalesce(max(number), 0) + 1 FROM event WHERE event.job = job.number), ?, ?, ?
                FROM job WHERE id = ?
                """)
        for event in events {
            try statement.execute(arguments: [event.at, event.kind.rawValue, LedgerText(event.detail), id.text])
        }
    }

    static func append(_ failures: [JobFailure], to id: JobID, in db: Database) throws {
        guard !failures.isEmpty,
            let job = try Int.fetchOne(db, sql: "SELECT number FROM job WHERE id = ?", arguments: [id.text])
        else { return }
        var number = try Int.fetchOne(db, sql: "SELECT max(number) FROM failure WHERE job = ?", arguments: [job]) ?? 0
        let statement = try db.cachedStatement(
            sql: "INSERT INTO failure (job, number, key, line, code, detail, attempts) VALUES (?, ?, ?, ?, ?, ?, ?)")
        for failure in failures {
            number += 1
            try statement.execute(arguments: [
                job, number, failure.key.map(LedgerText.init), failure.line, failure.error.codeName,
                LedgerText(failure.error.detail),
                failure.attempts,
            ])
        }
    }
}
