import GRDB

extension SQLiteLedger {
    /// More than any job has that this version creates.
    private static let maximumWorkBytes = 1 << 20

    /// An export of nothing, as version 0.2.0 has stored it.
    private static let exportOfNothing = """
        {"export":{"_0":{"keys":{"selection":0}},"_1":{"format":"ndjson","isGzipped":false,"neutralisesFormulas":false}}}
        """

    /// Replaces the description of jobs that earlier versions stored although it was so long that lists could not hold it.
    /// An export of nothing stands for it, since whatever is done with that is harmless.
    static func shortenJobs(in db: Database) throws {
        let numbers = try Int64.fetchAll(
            db, sql: "SELECT number FROM job WHERE length(CAST(work AS BLOB)) > ?", arguments: [maximumWorkBytes])
        for number in numbers {
            try db.execute(
                sql: """
                    INSERT INTO event (job, number, at, kind, detail)
                    SELECT number, (SELECT coalesce(max(number), 0) + 1 FROM event WHERE event.job = job.number),
                        created_at, 'notice', 'The description of this ' || kind || ' was too long to be kept.'
                    FROM job WHERE number = ?
                    """,
                arguments: [number])
            try db.execute(
                sql: """
                    UPDATE job SET work = ?, error_code = 'invalid_request',
                        error_detail = 'The description of this job is longer than this version accepts. Create it again.',
                        finished_at = coalesce(finished_at, created_at),
                        state = iif(state IN ('queued', 'running', 'paused'), 'failed', state)
                    WHERE number = ?
                    """,
                arguments: [exportOfNothing, number])
        }
    }
}
